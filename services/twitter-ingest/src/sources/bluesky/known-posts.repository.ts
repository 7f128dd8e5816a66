import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '#libs/persistence';
import { sourceCode } from '../../posts/codes.domain.js';

const IDS_PER_STATEMENT = 1_000;

/** An account with more posts than this loses the others when they are deleted one by one. */
const MAX_POSTS_PER_AUTHOR = 10_000;

/** Which posts of Bluesky are stored. Plain reads: the network deletes far more than we have. */
@Injectable()
export class KnownPosts {
  private readonly source = sourceCode('bluesky');

  constructor(private readonly transactions: TransactionRunner) {}

  /** Those of the posts that are stored and not deleted. */
  async stored(extIds: readonly string[]): Promise<Set<string>> {
    const found = new Set<string>();
    for (let start = 0; start < extIds.length; start += IDS_PER_STATEMENT) {
      const rows = await this.transactions.query<{ ext_id: string }[]>(
        'SELECT ext_id FROM post WHERE source = ? AND ext_id IN (?) AND deleted_at IS NULL',
        [this.source, extIds.slice(start, start + IDS_PER_STATEMENT)],
      );
      for (const row of rows) found.add(row.ext_id);
    }
    return found;
  }

  /** Keys of the tags that stored posts are under. */
  async tagKeysOf(extIds: readonly string[]): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>();
    for (let start = 0; start < extIds.length; start += IDS_PER_STATEMENT) {
      const rows = await this.transactions.query<{ ext_id: string; tag_key: string }[]>(
        `SELECT p.ext_id, t.tag_key FROM post p JOIN post_tag pt ON pt.post_id = p.id JOIN tag t ON t.id = pt.tag_id
          WHERE p.source = ? AND p.ext_id IN (?) AND p.deleted_at IS NULL`,
        [this.source, extIds.slice(start, start + IDS_PER_STATEMENT)],
      );
      for (const row of rows) found.set(row.ext_id, [...(found.get(row.ext_id) ?? []), row.tag_key]);
    }
    return found;
  }

  /** Stored posts of an author: their ids begin with his. */
  async ofAuthor(did: string): Promise<string[]> {
    const from = `at://${did}/`;
    const rows = await this.transactions.query<{ ext_id: string }[]>(
      'SELECT ext_id FROM post WHERE source = ? AND ext_id > ? AND ext_id < ? AND deleted_at IS NULL LIMIT ?',
      [this.source, from, `at://${did}0`, MAX_POSTS_PER_AUTHOR],
    );
    return rows.map((row) => row.ext_id);
  }
}
