import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '#libs/persistence';
import { kindOf, sourceOf } from '../posts/codes.domain.js';
import type { IndexedPost } from './post-index.js';

interface Row {
  id: number;
  rev: number;
  source: number;
  kind: number;
  lang: string;
  posted_at: Date;
  text: string;
  deleted_at: Date | null;
}

/** Posts as they are now, for an index. */
@Injectable()
export class IndexedPostRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  /** Ids of the next posts behind `lastId`, in the order in which they were stored. */
  async idsBehind(lastId: number, limit: number): Promise<number[]> {
    const rows = await this.transactions.query<{ id: number }[]>(
      'SELECT id FROM post WHERE id > ? ORDER BY id LIMIT ?',
      [lastId, limit],
      'bulk',
    );
    return rows.map(({ id }) => id);
  }

  async read(ids: readonly number[]): Promise<IndexedPost[]> {
    if (ids.length === 0) return [];
    // Revision first, tags after: tags that change in between come with a higher revision, and are read again.
    const rows = await this.transactions.query<Row[]>(
      'SELECT id, rev, source, kind, lang, posted_at, text, deleted_at FROM post WHERE id IN (?)',
      [ids],
      'bulk',
    );
    const tags = new Map<number, string[]>(rows.map(({ id }) => [id, []]));
    const named = await this.transactions.query<{ post_id: number; tag_key: string }[]>(
      `SELECT pt.post_id, t.tag_key FROM post_tag pt FORCE INDEX (post_tag_post_id) STRAIGHT_JOIN tag t ON t.id = pt.tag_id
        WHERE pt.post_id IN (?) ORDER BY t.tag_key`,
      [ids],
      'bulk',
    );
    for (const { post_id: id, tag_key: key } of named) tags.get(id)?.push(key);
    return rows.map((row) => ({
      id: row.id,
      rev: row.rev,
      deleted: row.deleted_at !== null,
      source: sourceOf(row.source),
      kind: kindOf(row.kind),
      lang: row.lang,
      postedAt: row.posted_at,
      text: row.text,
      tags: tags.get(row.id)!,
    }));
  }
}
