import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import { DAY_MS, KIND_COLUMNS } from '../codes.domain.js';
import { recountSql, ROLLUPS, type Rollup } from '../rollups.domain.js';

export interface TagDay {
  tagId: number;
  day: number;
}

const SUMS = KIND_COLUMNS.map((column) => `SUM(${column}) AS ${column}`).join(', ');
const NEGATED = KIND_COLUMNS.map((column) => `-${column} AS ${column}`).join(', ');
const DISTANCE = KIND_COLUMNS.map((column) => `ABS(${column})`).join(' + ');
const AUTHORS = KIND_COLUMNS.map((column) => `SUM(t.${column} > 0) AS ${column}`).join(', ');
const BY_AUTHOR = `SELECT f.author_id, ${KIND_COLUMNS.map((column, i) => `SUM(f.kind = ${i + 1}) AS ${column}`).join(', ')}
  FROM post_fact f WHERE f.tag_id = ? GROUP BY f.author_id`;

/** Compares roll-ups with the facts; 0 means they agree. Give it a snapshot. */
@Injectable()
export class RecountRepository {
  /** A random day of a random tag: every other one weighted by posts, so that big tags are not missed. */
  async pick(db: SqlExecutor, byPosts: boolean): Promise<TagDay | undefined> {
    const [row] = byPosts ? await this.pickByPost(db) : await this.pickByTag(db);
    return row && { tagId: row.tag_id, day: Math.floor(row.posted_at / DAY_MS) };
  }

  async dayDrift(db: SqlExecutor, { tagId, day }: TagDay): Promise<number> {
    let drift = 0;
    for (const rollup of Object.values<Rollup>(ROLLUPS)) {
      const { column, unitMs } = rollup.time;
      const first = (day * DAY_MS) / unitMs;
      const keys = rollup.keys.join(', ');
      drift += await this.scalar(
        db,
        `SELECT SUM(${DISTANCE}) AS n FROM (
           SELECT ${keys}, ${SUMS} FROM (
             ${recountSql(rollup, true)}
             UNION ALL
             SELECT ${keys}, ${NEGATED} FROM ${rollup.table} WHERE tag_id = ? AND ${column} >= ? AND ${column} < ?
           ) r GROUP BY ${keys}
         ) d`,
        [tagId, day * DAY_MS, (day + 1) * DAY_MS, tagId, first, first + DAY_MS / unitMs],
      );
    }
    return drift;
  }

  /** What is kept per tag and author, and how authors rank. */
  async authorDrift(db: SqlExecutor, tagId: number): Promise<number> {
    const pairs = await this.scalar(
      db,
      `SELECT SUM(${DISTANCE}) AS n FROM (
         SELECT author_id, ${SUMS} FROM (
           ${BY_AUTHOR} UNION ALL SELECT author_id, ${NEGATED} FROM tag_author WHERE tag_id = ?
         ) r GROUP BY author_id
       ) d`,
      [tagId, tagId],
    );
    const ranks = await this.scalar(
      db,
      `SELECT COUNT(*) AS n FROM tag_author t JOIN author a ON a.id = t.author_id
       WHERE t.tag_id = ? AND (t.rank_key <> a.rank_key OR t.order_key <> a.order_key OR t.source <> a.source)`,
      [tagId],
    );
    const profiles = await this.scalar(
      db,
      `SELECT SUM(ABS(authors) + ${DISTANCE}) AS n FROM (
         SELECT source, country, SUM(authors) AS authors, ${SUMS} FROM (
           SELECT a.source, a.country, COUNT(*) AS authors, ${AUTHORS}
           FROM tag_author t JOIN author a ON a.id = t.author_id WHERE t.tag_id = ? GROUP BY a.source, a.country
           UNION ALL
           SELECT source, country, -authors, ${NEGATED} FROM rollup_profile WHERE tag_id = ?
         ) r GROUP BY source, country
       ) d`,
      [tagId, tagId],
    );
    return pairs + ranks + profiles;
  }

  private async scalar(db: SqlExecutor, sql: string, values: unknown[]): Promise<number> {
    const [row] = await db.query<{ n: unknown }[]>(sql, values);
    return Number(row?.n ?? 0);
  }

  private async pickByPost(db: SqlExecutor): Promise<{ tag_id: number; posted_at: number }[]> {
    return db.query(
      `SELECT f.tag_id, f.posted_at FROM post_fact f
       JOIN (SELECT FLOOR(MIN(post_id) + RAND() * (MAX(post_id) - MIN(post_id))) AS id FROM post_fact) r
       ON f.post_id >= r.id ORDER BY f.post_id LIMIT 1`,
    );
  }

  private async pickByTag(db: SqlExecutor): Promise<{ tag_id: number; posted_at: number }[]> {
    const [tag] = await db.query<{ id: number }[]>(
      `SELECT t.id FROM tag t JOIN (SELECT FLOOR(1 + RAND() * MAX(id)) AS id FROM tag) r ON t.id >= r.id
       ORDER BY t.id LIMIT 1`,
    );
    if (!tag) return [];
    const [span] = await db.query<{ first: number | null; last: number | null }[]>(
      'SELECT MIN(posted_at) AS first, MAX(posted_at) AS last FROM post_fact WHERE tag_id = ?',
      [tag.id],
    );
    if (!span || span.first === null || span.last === null) return [];
    const instant = span.first + Math.floor(Math.random() * (span.last - span.first + 1));
    return db.query(
      'SELECT tag_id, posted_at FROM post_fact WHERE tag_id = ? AND posted_at >= ? ORDER BY posted_at LIMIT 1',
      [tag.id, instant],
    );
  }
}
