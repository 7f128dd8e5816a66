import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import { insertRows } from '#libs/persistence';
import { KIND_COLUMNS } from '../codes.domain.js';
import type { Rollup } from '../rollups.domain.js';
import type { DeltaRow, Key, KindCounts } from './delta-table.domain.js';
import type { ProfileChange, TagAuthorRow } from './tag-author.domain.js';

const ADD_COUNTS = KIND_COLUMNS.map((column) => `${column} = ${column} + VALUES(${column})`).join(', ');
const ALL_ZERO = KIND_COLUMNS.map((column) => `${column} = 0`).join(' AND ');
const PROFILE_KEYS = ['tag_id', 'source', 'country'] as const;
const TAG_AUTHOR_KEYS = ['author_id', 'tag_id'] as const;

/** Key lists are spelled as OR of ANDs: both servers turn that into key look-ups, not all do for row constructors. */
const KEYS_PER_STATEMENT = 250;

function anyKey(columns: readonly string[], count: number): string {
  const one = `(${columns.map((column) => `${column} = ?`).join(' AND ')})`;
  return Array.from({ length: count }, () => one).join(' OR ');
}

async function forKeys(
  columns: readonly string[],
  keys: readonly Key[],
  run: (condition: string, values: unknown[]) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < keys.length; start += KEYS_PER_STATEMENT) {
    const part = keys.slice(start, start + KEYS_PER_STATEMENT);
    await run(
      anyKey(columns, part.length),
      part.flatMap((key) => key.slice(0, columns.length)),
    );
  }
}

@Injectable()
export class RollupRepository {
  async addCounts(tx: SqlExecutor, rollup: Rollup, changes: DeltaRow[]): Promise<void> {
    const rows = changes.map(({ key, counts }) => [...key, ...counts]);
    await insertRows(tx, rollup.table, [...rollup.keys, ...KIND_COLUMNS], rows, { onDuplicate: ADD_COUNTS });
    const lowered = changes.filter(({ counts }) => counts.some((n) => n < 0)).map(({ key }) => key);
    await forKeys(rollup.keys, lowered, async (condition, values) => {
      await tx.query(`DELETE FROM ${rollup.table} WHERE (${condition}) AND ${ALL_ZERO}`, values);
    });
  }

  /** Counts of the (author, tag) pairs that exist, by `author|tag`. */
  async findTagAuthors(tx: SqlExecutor, pairs: Key[]): Promise<Map<string, KindCounts>> {
    if (pairs.length === 0) return new Map();
    // A long list of OR costs the optimizer more than all the look-ups; a list as a table does not.
    const rows = await tx.query<Record<string, number>[]>(
      `SELECT t.author_id, t.tag_id, ${KIND_COLUMNS.map((column) => `t.${column}`).join(', ')}
       FROM JSON_TABLE(?, '$[*]' COLUMNS (author_id BIGINT UNSIGNED PATH '$[0]', tag_id INT UNSIGNED PATH '$[1]')) p
       STRAIGHT_JOIN tag_author t ON t.author_id = p.author_id AND t.tag_id = p.tag_id`,
      [JSON.stringify(pairs.map(([author, tag]) => [author, tag]))],
    );
    return new Map(
      rows.map((row) => [
        `${row['author_id']}|${row['tag_id']}`,
        KIND_COLUMNS.map((column) => row[column]!) as KindCounts,
      ]),
    );
  }

  async addTagAuthors(tx: SqlExecutor, rows: TagAuthorRow[]): Promise<void> {
    const values = rows.map((row) => [
      row.authorId,
      row.tagId,
      row.source,
      ...row.counts,
      row.rank.rankKey,
      row.rank.orderKey,
    ]);
    const columns = [...TAG_AUTHOR_KEYS, 'source', ...KIND_COLUMNS, 'rank_key', 'order_key'];
    await insertRows(tx, 'tag_author', columns, values, { onDuplicate: ADD_COUNTS });
  }

  async removeTagAuthors(tx: SqlExecutor, pairs: Key[]): Promise<void> {
    await forKeys(TAG_AUTHOR_KEYS, pairs, async (condition, values) => {
      await tx.query(`DELETE FROM tag_author WHERE (${condition}) AND ${ALL_ZERO}`, values);
    });
  }

  async addProfiles(tx: SqlExecutor, changes: ProfileChange[]): Promise<void> {
    const rows = changes.map(({ key, counts }) => [...key, ...counts]);
    await insertRows(tx, 'rollup_profile', [...PROFILE_KEYS, 'authors', ...KIND_COLUMNS], rows, {
      onDuplicate: `authors = authors + VALUES(authors), ${ADD_COUNTS}`,
    });
    const lowered = changes.filter(({ counts }) => counts.some((n) => n < 0)).map(({ key }) => key);
    await forKeys(PROFILE_KEYS, lowered, async (condition, values) => {
      await tx.query(`DELETE FROM rollup_profile WHERE (${condition}) AND authors = 0 AND ${ALL_ZERO}`, values);
    });
  }
}
