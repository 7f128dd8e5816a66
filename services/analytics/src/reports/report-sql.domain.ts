import { KIND_COLUMNS } from '../codes.domain.js';
import { JOIN_USED, type Rollup } from '../rollups.domain.js';
import { splitRange, type BoundedRange, type TimeRange } from '../time/range.domain.js';
import type { Filter } from './filter.domain.js';

/** A piece of SQL and the values of its placeholders. */
export interface Sql {
  text: string;
  values: unknown[];
}

/** Posts of a roll-up row that pass the filter. */
export function countOf(filter: Filter): string {
  return filter.kind === undefined ? `(${KIND_COLUMNS.join(' + ')})` : KIND_COLUMNS[(filter.kind - 1) as 0];
}

export function joinSql(parts: Sql[], separator: string): Sql {
  return { text: parts.map(({ text }) => text).join(separator), values: parts.flatMap(({ values }) => values) };
}

/** Condition on a roll-up; `body` in the units of its time column. */
export function rollupWhere(rollup: Rollup, filter: Filter, body: TimeRange = {}): Sql {
  const parts: Sql[] = [{ text: 'tag_id = ?', values: [filter.tagId] }];
  if (filter.source !== undefined) parts.push({ text: 'source = ?', values: [filter.source] });
  if (body.from !== undefined) parts.push({ text: `${rollup.time.column} >= ?`, values: [body.from] });
  if (body.to !== undefined) parts.push({ text: `${rollup.time.column} < ?`, values: [body.to] });
  return joinSql(parts, ' AND ');
}

/** Condition on facts `f` within any of the ranges. */
export function factWhere(filter: Filter, ranges: readonly TimeRange[]): Sql {
  const parts: Sql[] = [{ text: 'f.tag_id = ?', values: [filter.tagId] }];
  if (filter.source !== undefined) parts.push({ text: 'f.source = ?', values: [filter.source] });
  if (filter.kind !== undefined) parts.push({ text: 'f.kind = ?', values: [filter.kind] });
  const times = ranges.map(({ from, to }) => {
    const ends: Sql[] = [];
    if (from !== undefined) ends.push({ text: 'f.posted_at >= ?', values: [from] });
    if (to !== undefined) ends.push({ text: 'f.posted_at < ?', values: [to] });
    return ends.length === 0 ? { text: 'TRUE', values: [] } : joinSql(ends, ' AND ');
  });
  const { text, values } = joinSql(times, ') OR (');
  parts.push({ text: `((${text}))`, values });
  return joinSql(parts, ' AND ');
}

/**
 * Rows `(k, posts)` of one key of a roll-up: whole units from the roll-up, what sticks out from the facts. A key may come
 * more than once.
 */
export function countsBy(rollup: Rollup, key: string, filter: Filter): { sql: Sql; usesFacts: boolean } {
  const { body, edges } = splitRange(filter, rollup.time.unitMs);
  const parts: Sql[] = [];
  if (body) {
    const where = rollupWhere(rollup, filter, body);
    const count = countOf(filter);
    parts.push({
      text: `SELECT ${key} AS k, SUM(${count}) AS posts FROM ${rollup.table} WHERE ${where.text} GROUP BY ${key}`,
      values: where.values,
    });
  }
  if (edges.length > 0) {
    parts.push(factCountsBy(rollup, key, filter, edges));
  }
  if (parts.length === 0) parts.push(factCountsBy(rollup, key, filter, [{ from: 0, to: 0 }]));
  return { sql: joinSql(parts, ' UNION ALL '), usesFacts: edges.length > 0 };
}

function factCountsBy(rollup: Rollup, key: string, filter: Filter, edges: BoundedRange[]): Sql {
  const where = factWhere(filter, edges);
  const column = rollup.from[rollup.keys.indexOf(key)];
  return {
    text: `SELECT ${column} AS k, COUNT(*) AS posts FROM post_fact f ${rollup.joinUsed ? JOIN_USED : ''}
      WHERE ${where.text}${rollup.only ? ` AND ${rollup.only}` : ''} GROUP BY ${column}`,
    values: where.values,
  };
}
