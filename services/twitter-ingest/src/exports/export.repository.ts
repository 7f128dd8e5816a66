import { Injectable } from '@nestjs/common';
import type { Source } from '#libs/contracts';
import { TransactionRunner } from '#libs/persistence';
import { sourceCode } from '../posts/codes.domain.js';
import type { PostPosition } from '../posts/post-listing.types.js';
import type { ExportPosition } from './export-cursor.domain.js';

export interface ExportRange {
  tagId: number;
  from?: Date | undefined;
  to?: Date | undefined;
}

/** All SQL that reads posts for exports, oldest first. It runs on the pool of long work: listings do not wait for it. */
@Injectable()
export class ExportRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  /** The newest post there is, in the order in which posts were stored; 0 when there is none. */
  async newestId(): Promise<number> {
    const [row] = await this.transactions.query<{ id: number | null }[]>('SELECT MAX(id) AS id FROM post', [], 'bulk');
    return Number(row?.id ?? 0);
  }

  async positions(range: ExportRange, { newestId, after }: ExportPosition, limit: number): Promise<PostPosition[]> {
    const { sql, values } = conditions(range, newestId);
    // The second condition alone would be right; with the first the server seeks instead of scanning.
    const behind = after ? 'AND pt.posted_at >= ? AND (pt.posted_at > ? OR pt.post_id > ?)' : '';
    const rows = await this.transactions.query<{ id: number; posted_at: Date }[]>(
      `SELECT pt.post_id AS id, pt.posted_at FROM post_tag pt FORCE INDEX (PRIMARY) WHERE ${sql} ${behind}
        ORDER BY pt.posted_at, pt.post_id LIMIT ?`,
      [...values, ...(after ? [after.at, after.at, after.id] : []), limit],
      'bulk',
    );
    return rows.map((row) => ({ id: row.id, at: row.posted_at }));
  }

  /** Ids at their sources of those of the posts that are not deleted. */
  async extIds(ids: readonly number[], source: Source | undefined): Promise<Map<number, string>> {
    if (ids.length === 0) return new Map();
    const rows = await this.transactions.query<{ id: number; ext_id: string }[]>(
      `SELECT id, ext_id FROM post WHERE id IN (?) AND deleted_at IS NULL ${source ? 'AND source = ?' : ''}`,
      source ? [ids, sourceCode(source)] : [ids],
      'bulk',
    );
    return new Map(rows.map((row) => [row.id, row.ext_id]));
  }

  /** How many posts of X there are, counted up to `atMost`. */
  async countX(range: ExportRange, newestId: number, atMost: number): Promise<number> {
    const { sql, values } = conditions(range, newestId);
    const [row] = await this.transactions.query<{ n: number | string }[]>(
      `SELECT COUNT(*) AS n FROM (
        SELECT 1 FROM post_tag pt FORCE INDEX (PRIMARY) STRAIGHT_JOIN post p ON p.id = pt.post_id
          WHERE ${sql} AND p.source = ? AND p.deleted_at IS NULL LIMIT ?) found`,
      [...values, sourceCode('x'), atMost],
      'bulk',
    );
    return Number(row!.n);
  }
}

function conditions({ tagId, from, to }: ExportRange, newestId: number): { sql: string; values: unknown[] } {
  const parts = ['pt.tag_id = ?', 'pt.post_id <= ?'];
  const values: unknown[] = [tagId, newestId];
  if (from) parts.push('pt.posted_at >= ?');
  if (from) values.push(from);
  if (to) parts.push('pt.posted_at < ?');
  if (to) values.push(to);
  return { sql: parts.join(' AND '), values };
}
