import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import { KIND_COLUMNS } from '../codes.domain.js';
import type { KindCounts } from '../apply/delta-table.domain.js';
import { ROLLUPS } from '../rollups.domain.js';
import type { BucketPlan } from '../time/bucket-plan.domain.js';
import { splitRange, type TimeRange } from '../time/range.domain.js';
import type { Filter } from './filter.domain.js';
import { countOf, countsBy, factWhere, joinSql, rollupWhere, type Sql } from './report-sql.domain.js';

export interface Counted<T> {
  rows: T;
  usesFacts: boolean;
}

/** Counts of posts, from roll-ups where whole units allow it. */
@Injectable()
export class CountRepository {
  /** First and last 15-minute bucket of the tag, whatever the filter. */
  async dataBuckets(db: SqlExecutor, tagId: number): Promise<{ first: number; last: number } | undefined> {
    const [row] = await db.query<{ first: number | null; last: number | null }[]>(
      'SELECT MIN(bucket) AS first, MAX(bucket) AS last FROM rollup_15m WHERE tag_id = ?',
      [tagId],
    );
    return row && row.first !== null && row.last !== null ? { first: row.first, last: row.last } : undefined;
  }

  async kinds(db: SqlExecutor, filter: Filter): Promise<Counted<KindCounts>> {
    // Days have far fewer rows than quarters of an hour, so they answer whenever they can.
    const wholeDays = splitRange(filter, ROLLUPS.lang.time.unitMs).edges.length === 0;
    const rollup = wholeDays ? ROLLUPS.lang : ROLLUPS.quarter;
    const { body, edges } = splitRange(filter, rollup.time.unitMs);
    const parts: Sql[] = [];
    if (body) {
      const where = rollupWhere(rollup, filter, body);
      const sums = KIND_COLUMNS.map((column) => `SUM(${column}) AS ${column}`).join(', ');
      parts.push({ text: `SELECT ${sums} FROM ${rollup.table} WHERE ${where.text}`, values: where.values });
    }
    if (edges.length > 0) {
      const where = factWhere(filter, edges);
      const sums = KIND_COLUMNS.map((column, i) => `SUM(f.kind = ${i + 1}) AS ${column}`).join(', ');
      parts.push({ text: `SELECT ${sums} FROM post_fact f WHERE ${where.text}`, values: where.values });
    }
    const counts: KindCounts = [0, 0, 0, 0];
    if (parts.length === 0) return { rows: counts, usesFacts: false };
    const { text, values } = joinSql(parts, ' UNION ALL ');
    for (const row of await db.query<Record<string, unknown>[]>(text, values)) {
      KIND_COLUMNS.forEach((column, i) => {
        if (filter.kind === undefined || filter.kind === i + 1) counts[i as 0] += Number(row[column] ?? 0);
      });
    }
    return { rows: counts, usesFacts: edges.length > 0 };
  }

  async by(
    db: SqlExecutor,
    rollup: typeof ROLLUPS.lang | typeof ROLLUPS.country,
    key: 'lang' | 'country',
    filter: Filter,
  ): Promise<Counted<Map<string, number>>> {
    const { sql, usesFacts } = countsBy(rollup, key, filter);
    const counts = new Map<string, number>();
    for (const { k, posts } of await db.query<{ k: string; posts: unknown }[]>(sql.text, sql.values)) {
      if (Number(posts) > 0) counts.set(k, (counts.get(k) ?? 0) + Number(posts));
    }
    return { rows: counts, usesFacts };
  }

  async coTags(db: SqlExecutor, filter: Filter, limit: number): Promise<Counted<{ tag: string; posts: number }[]>> {
    const { sql, usesFacts } = countsBy(ROLLUPS.cotag, 'co_tag_id', filter);
    const rows = await db.query<{ tag: string; posts: unknown }[]>(
      `SELECT t.tag_key AS tag, c.posts AS posts
       FROM (SELECT p.k, SUM(p.posts) AS posts FROM (${sql.text}) p GROUP BY p.k HAVING SUM(p.posts) > 0) c
       JOIN tag t ON t.id = c.k
       ORDER BY c.posts DESC, t.tag_key LIMIT ${limit}`,
      sql.values,
    );
    return { rows: rows.map(({ tag, posts }) => ({ tag, posts: Number(posts) })), usesFacts };
  }

  /** First or last bucket within `body` that has a post of the filter. */
  async outerBucket(
    db: SqlExecutor,
    filter: Filter,
    body: TimeRange,
    end: 'first' | 'last',
  ): Promise<number | undefined> {
    const where = rollupWhere(ROLLUPS.quarter, filter, body);
    const order = end === 'first' ? 'ASC' : 'DESC';
    const [row] = await db.query<{ bucket: number }[]>(
      `SELECT bucket FROM rollup_15m WHERE ${where.text} AND ${countOf(filter)} > 0 ORDER BY bucket ${order} LIMIT 1`,
      where.values,
    );
    return row?.bucket;
  }

  /** Time of the first or last post of the filter within a range. */
  async outerPost(
    db: SqlExecutor,
    filter: Filter,
    range: TimeRange,
    end: 'first' | 'last',
  ): Promise<number | undefined> {
    const where = factWhere(filter, [range]);
    const order = end === 'first' ? 'ASC' : 'DESC';
    const [row] = await db.query<{ posted_at: number }[]>(
      `SELECT f.posted_at FROM post_fact f WHERE ${where.text} ORDER BY f.posted_at ${order} LIMIT 1`,
      where.values,
    );
    return row?.posted_at;
  }

  /** Posts per cell of a plan: `(bucket - origin) DIV size`. */
  async cells(db: SqlExecutor, filter: Filter, plan: BucketPlan): Promise<{ cell: number; posts: number }[]> {
    return this.bucketSums(db, filter, plan, `(bucket - ${plan.origin}) DIV ${plan.size}`);
  }

  /** Posts per hour of the clock; `shifts` give the offset from UTC in 15-minute steps up to each bucket. */
  async hours(
    db: SqlExecutor,
    filter: Filter,
    plan: BucketPlan,
    shifts: readonly { until: number; quarters: number }[],
  ): Promise<{ cell: number; posts: number }[]> {
    const last = shifts.at(-1)!.quarters;
    const cases = shifts.slice(0, -1).map(({ until, quarters }) => `WHEN bucket < ${until} THEN ${quarters}`);
    const shift = cases.length === 0 ? String(last) : `CASE ${cases.join(' ')} ELSE ${last} END`;
    return this.bucketSums(db, filter, plan, `(bucket + ${shift}) MOD 96 DIV 4`);
  }

  /** Posts per instant, for ranges that cut through buckets. */
  async instants(db: SqlExecutor, filter: Filter, ranges: TimeRange[]): Promise<{ at: number; posts: number }[]> {
    if (ranges.length === 0) return [];
    const where = factWhere(filter, ranges);
    return db.query(
      `SELECT f.posted_at AS at, COUNT(*) AS posts FROM post_fact f WHERE ${where.text} GROUP BY f.posted_at`,
      where.values,
    );
  }

  private async bucketSums(
    db: SqlExecutor,
    filter: Filter,
    plan: BucketPlan,
    cell: string,
  ): Promise<{ cell: number; posts: number }[]> {
    if (!plan.buckets) return [];
    const where = rollupWhere(ROLLUPS.quarter, filter, plan.buckets);
    const clean = plan.dirty.length > 0 ? ` AND bucket NOT IN (${plan.dirty.join(', ')})` : '';
    const rows = await db.query<{ cell: number; posts: unknown }[]>(
      `SELECT ${cell} AS cell, SUM(${countOf(filter)}) AS posts FROM rollup_15m
       WHERE ${where.text}${clean} GROUP BY cell`,
      where.values,
    );
    return rows.map((row) => ({ cell: Number(row.cell), posts: Number(row.posts) }));
  }
}
