import { sleep } from '#libs/kernel';
import { insertRows, type DatabaseConfig, type TransactionRunner } from '#libs/persistence';
import type { ListPostsFilter, PostPosition } from '../posts/post-listing.types.js';
import type { IndexedPost, PostIndex, PutResult } from './post-index.js';
import { booleanExpressionOf, type SearchQuery } from './search-query.domain.js';
import { codesOf } from './words.domain.js';

/** Rest after a piece of work, in times of the work; and the longest one. */
const REST = 3;
const MOST_REST_MS = 5_000;
const LONGEST_FIND_MS = 1_500;

/** A full-text index of MariaDB or MySQL, for installations without Elasticsearch. */
export class DatabasePostIndex implements PostIndex {
  readonly name = 'database';
  readonly isRough = true;

  constructor(
    private readonly transactions: TransactionRunner,
    private readonly dialect: DatabaseConfig['MIRANTE_MYSQL_DIALECT'],
  ) {}

  async identity(): Promise<string> {
    return 'database';
  }

  async put(posts: readonly IndexedPost[]): Promise<PutResult> {
    const began = performance.now();
    // In one order everywhere, so that two writers wait for each other instead of locking each other out.
    const rows = posts
      .toSorted((a, b) => a.id - b.id)
      .map(({ id, rev, postedAt, text, deleted }) => [id, rev, postedAt, deleted ? '' : codesOf(text).join(' ')]);
    await this.transactions.run(
      (tx) =>
        insertRows(tx, 'post_search', ['post_id', 'rev', 'posted_at', 'words'], rows, {
          // The revision last: the others still have to see the old one.
          onDuplicate: `words = IF(VALUES(rev) > rev, VALUES(words), words),
            posted_at = IF(VALUES(rev) > rev, VALUES(posted_at), posted_at), rev = GREATEST(rev, VALUES(rev))`,
        }),
      { pool: 'bulk' },
    );
    // It shares the database with the captures, and gives way: at most a quarter of the time of one connection.
    await sleep(Math.min(REST * (performance.now() - began), MOST_REST_MS));
    return { indexed: posts.length, unchanged: 0, rejected: 0 };
  }

  async find(
    query: SearchQuery,
    { tagId, from, to }: ListPostsFilter,
    before: PostPosition | null,
    limit: number,
  ): Promise<PostPosition[]> {
    const conditions = ['MATCH(s.words) AGAINST (? IN BOOLEAN MODE)'];
    const values: unknown[] = [booleanExpressionOf(query)];
    const where = (condition: string, ...parameters: unknown[]) => {
      conditions.push(condition);
      values.push(...parameters);
    };
    if (tagId !== null) where('t.tag_id = ?', tagId);
    if (from) where('s.posted_at >= ?', from);
    if (to) where('s.posted_at < ?', to);
    if (before) where('(s.posted_at < ? OR (s.posted_at = ? AND s.post_id < ?))', before.at, before.at, before.id);
    const rows = await this.transactions.query<{ id: number; posted_at: Date }[]>(
      this.limited(`SELECT s.post_id AS id, s.posted_at FROM post_search s
        ${tagId === null ? '' : 'JOIN post_tag t ON t.post_id = s.post_id'}
        WHERE ${conditions.join(' AND ')} ORDER BY s.posted_at DESC, s.post_id DESC LIMIT ?`),
      [...values, limit],
    );
    return rows.map((row) => ({ id: row.id, at: row.posted_at }));
  }

  /**
   * The server collects every post with a word before it sorts them: too long for a word that is in a million posts. Such a
   * word is found soon by looking through the newest ones, so the statement is given up and that is done instead.
   */
  private limited(select: string): string {
    if (this.dialect === 'mariadb') return `SET STATEMENT max_statement_time=${LONGEST_FIND_MS / 1_000} FOR ${select}`;
    return select.replace('SELECT', `SELECT /*+ MAX_EXECUTION_TIME(${LONGEST_FIND_MS}) */`);
  }
}
