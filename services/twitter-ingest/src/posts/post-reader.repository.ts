import { Injectable } from '@nestjs/common';
import type { ListPostsFilter, ListedPost, PostPosition } from './post-listing.types.js';
import { TransactionRunner } from '#libs/persistence';
import { kindCode, sourceCode } from './codes.domain.js';

const SELECTED = `p.id, p.source, p.ext_id, p.url, p.posted_at, p.kind, p.text, p.lang, p.country, p.reposts, p.replies,
  p.likes, p.quotes, p.is_sensitive, p.is_edited, a.ext_id AS author_ext_id, a.username, a.name, a.followers`;

/** All SQL that reads posts for listings. */
@Injectable()
export class PostReaderRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  /**
   * Positions of up to `limit` posts, newest first, that may match: the range of the tag (or of all posts) behind
   * `before`. The other filters are left to {@link matching}, so that one call never reads more than it says.
   */
  async candidates(filter: ListPostsFilter, before: PostPosition | null, limit: number): Promise<PostPosition[]> {
    const conditions: string[] = [];
    const values: unknown[] = [];
    const where = (condition: string, ...parameters: unknown[]) => {
      conditions.push(condition);
      values.push(...parameters);
    };
    const id = filter.tagId === null ? 'id' : 'post_id';
    if (filter.tagId !== null) where('tag_id = ?', filter.tagId);
    if (filter.from) where('posted_at >= ?', filter.from);
    if (filter.to) where('posted_at < ?', filter.to);
    if (before) where(`(posted_at < ? OR (posted_at = ? AND ${id} < ?))`, before.at, before.at, before.id);
    // Redundant with the row comparison, but it lets the server seek instead of scan.
    if (before) where('posted_at <= ?', before.at);
    const rows = await this.transactions.query<{ id: number; posted_at: Date }[]>(
      `SELECT ${id} AS id, posted_at FROM ${filter.tagId === null ? 'post' : 'post_tag'}
        ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
        ORDER BY posted_at DESC, ${id} DESC LIMIT ?`,
      [...values, limit],
    );
    return rows.map((row) => ({ id: row.id, at: row.posted_at }));
  }

  async matching(ids: readonly number[], filter: ListPostsFilter): Promise<ListedPost[]> {
    if (ids.length === 0) return [];
    const conditions = ['p.id IN (?)', 'p.deleted_at IS NULL'];
    const values: unknown[] = [ids];
    const where = (condition: string, value: unknown) => {
      conditions.push(condition);
      values.push(value);
    };
    if (filter.source) where('p.source = ?', sourceCode(filter.source));
    if (filter.kind) where('p.kind = ?', kindCode(filter.kind));
    if (filter.lang) where('p.lang = ?', filter.lang);
    return this.transactions.query<ListedPost[]>(
      `SELECT ${SELECTED} FROM post p JOIN author a ON a.id = p.author_id
        WHERE ${conditions.join(' AND ')} ORDER BY p.posted_at DESC, p.id DESC`,
      values,
    );
  }

  async tagsOf(ids: readonly number[]): Promise<{ post_id: number; tag_key: string; origins: number }[]> {
    if (ids.length === 0) return [];
    return this.transactions.query(
      // Order and index are given: with few tags and stale statistics the server would read all posts of each tag.
      `SELECT pt.post_id, t.tag_key, pt.origins
        FROM post_tag pt FORCE INDEX (post_tag_post_id) STRAIGHT_JOIN tag t ON t.id = pt.tag_id
        WHERE pt.post_id IN (?) ORDER BY t.tag_key`,
      [ids],
    );
  }
}
