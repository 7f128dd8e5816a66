import { Injectable } from '@nestjs/common';
import type { Source } from '#libs/contracts';
import type { SqlExecutor } from '#libs/kernel';
import { TransactionRunner, insertRows } from '#libs/persistence';
import { originBit, sourceCode } from '../posts/codes.domain.js';
import type { QueryTag } from '../posts/tagging.domain.js';
import { cutBlocks, type Cut } from './blocks.domain.js';

/** Posts that are looked up together, as long as nobody else has got them. */
export interface ClaimedBlock {
  id: number;
  firstId: number;
  lastId: number;
  fence: number;
}

export interface CheckedPost {
  id: number;
  extId: string;
  /** Whether it says where it was written. */
  placed: boolean;
}

interface ScanRow {
  scanned_id: number;
  ceiling_id: number;
  is_backlog: number;
  age_ms: number;
}

const SCAN_ROWS = 5_000;
/** No transaction that stores posts takes longer. */
const LONGEST_WRITE_MS = 60_000;

/** All SQL about which posts were looked up when. */
@Injectable()
export class ComplianceRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  /**
   * Puts posts that came since into blocks, about every `settleMs`. Rows become visible out of the order of their ids, so
   * only those are taken that lie below what was the newest one a while ago. One process at a time; others do without.
   *
   * @returns whether more is waiting
   */
  async scan(source: Source, everyMs: number, settleMs: number): Promise<boolean> {
    return this.transactions.run(
      async (tx) => {
        const code = sourceCode(source);
        const row = await this.lockScan(tx, code);
        if (!row) return false;
        if (row.scanned_id >= row.ceiling_id) {
          if (row.age_ms >= settleMs) await this.raiseCeiling(tx, code, row.age_ms > 4 * settleMs + LONGEST_WRITE_MS);
          return false;
        }
        if (row.age_ms < Math.min(settleMs, LONGEST_WRITE_MS)) return false;
        const cut = await this.cut(tx, code, row);
        const unseenMs = row.age_ms + (row.is_backlog === 1 ? 0 : 2 * settleMs);
        await this.addBlocks(tx, code, cut, unseenMs, row.is_backlog === 1 ? 0 : Math.max(0, everyMs - unseenMs));
        await tx.query('UPDATE compliance_scan SET scanned_id = ? WHERE source = ?', [cut.scannedId, code]);
        return cut.scannedId < row.ceiling_id;
      },
      { pool: 'bulk' },
    );
  }

  /** The block that waits longest. */
  async claim(source: Source, leaseSeconds: number): Promise<ClaimedBlock | undefined> {
    return this.transactions.run(async (tx) => {
      const rows = await tx.query<{ id: number; first_id: number; last_id: number; fence: number }[]>(
        `SELECT id, first_id, last_id, fence FROM compliance_block
          WHERE source = ? AND due_at <= UTC_TIMESTAMP(3) AND (lease_until IS NULL OR lease_until <= UTC_TIMESTAMP(6))
          ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
        [sourceCode(source)],
      );
      const row = rows[0];
      if (!row) return undefined;
      await tx.query(
        'UPDATE compliance_block SET fence = fence + 1, lease_until = UTC_TIMESTAMP(6) + INTERVAL ? SECOND WHERE id = ?',
        [leaseSeconds, row.id],
      );
      return { id: row.id, firstId: row.first_id, lastId: row.last_id, fence: row.fence + 1 };
    });
  }

  /** Posts of the block that are still there. */
  async posts(source: Source, block: ClaimedBlock, horizonDays: number | null): Promise<CheckedPost[]> {
    const young = horizonDays === null ? '' : 'AND posted_at >= UTC_TIMESTAMP(3) - INTERVAL ? DAY';
    const rows = await this.transactions.query<{ id: number; ext_id: string; country: string | null }[]>(
      `SELECT id, ext_id, country FROM post
        WHERE id BETWEEN ? AND ? AND source = ? AND deleted_at IS NULL ${young} ORDER BY id`,
      [block.firstId, block.lastId, sourceCode(source), ...(horizonDays === null ? [] : [horizonDays])],
    );
    return rows.map((row) => ({ id: row.id, extId: row.ext_id, placed: row.country !== null }));
  }

  /** The tags each post was captured for, by the id of its row. */
  async queryTags(postIds: readonly number[]): Promise<Map<number, QueryTag[]>> {
    const tags = new Map<number, QueryTag[]>(postIds.map((id) => [id, []]));
    if (postIds.length === 0) return tags;
    const rows = await this.transactions.query<{ post_id: number; tag_key: string; spelling: string }[]>(
      `SELECT pt.post_id, t.tag_key, t.spelling FROM post_tag pt JOIN tag t ON t.id = pt.tag_id
        WHERE pt.post_id IN (?) AND (pt.origins & ?) <> 0`,
      [postIds, originBit('query')],
    );
    for (const row of rows) tags.get(row.post_id)?.push({ key: row.tag_key, spelling: row.spelling });
    return tags;
  }

  /** @returns false when the lease is lost */
  async finish(tx: SqlExecutor, block: ClaimedBlock, everyMs: number): Promise<boolean> {
    const { affectedRows } = await tx.query<{ affectedRows: number }>(
      `UPDATE compliance_block
          SET checked_at = UTC_TIMESTAMP(3), due_at = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND, lease_until = NULL
        WHERE id = ? AND fence = ?`,
      [everyMs * 1_000, block.id, block.fence],
    );
    return affectedRows === 1;
  }

  /** Leaves the block to whoever comes after `seconds`. */
  async postpone(block: ClaimedBlock, seconds: number): Promise<void> {
    await this.transactions.query(
      'UPDATE compliance_block SET lease_until = UTC_TIMESTAMP(6) + INTERVAL ? SECOND WHERE id = ? AND fence = ?',
      [seconds, block.id, block.fence],
    );
  }

  /** Seconds since the posts that wait longest were last known to be there; 0 when there are none. */
  async oldestAge(source: Source): Promise<number> {
    const rows = await this.transactions.query<{ age_ms: number }[]>(
      `SELECT TIMESTAMPDIFF(MICROSECOND, COALESCE(checked_at, known_at), UTC_TIMESTAMP(3)) / 1000 AS age_ms
         FROM compliance_block WHERE source = ? ORDER BY due_at LIMIT 1`,
      [sourceCode(source)],
    );
    return Number(rows[0]?.age_ms ?? 0) / 1_000;
  }

  private async lockScan(tx: SqlExecutor, code: number): Promise<ScanRow | undefined> {
    const rows = await tx.query<ScanRow[]>(
      `SELECT scanned_id, ceiling_id, is_backlog, TIMESTAMPDIFF(MICROSECOND, ceiling_at, UTC_TIMESTAMP(3)) / 1000 AS age_ms
         FROM compliance_scan WHERE source = ? FOR UPDATE SKIP LOCKED`,
      [code],
    );
    if (rows[0]) return { ...rows[0], age_ms: Number(rows[0].age_ms) };
    const locked = await tx.query<unknown[]>('SELECT source FROM compliance_scan WHERE source = ?', [code]);
    if (locked.length > 0) return undefined;
    await tx.query(
      `INSERT IGNORE INTO compliance_scan (source, scanned_id, ceiling_id, ceiling_at, is_backlog)
       SELECT ?, 0, COALESCE(MAX(id), 0), UTC_TIMESTAMP(3), 1 FROM post`,
      [code],
    );
    return undefined;
  }

  /** @param late nobody has looked for so long that the posts since then may have gone long ago */
  private async raiseCeiling(tx: SqlExecutor, code: number, late: boolean): Promise<void> {
    const newest = await tx.query<{ id: number | null }[]>('SELECT MAX(id) AS id FROM post');
    await tx.query(
      `UPDATE compliance_scan SET ceiling_id = GREATEST(ceiling_id, ?), ceiling_at = UTC_TIMESTAMP(3), is_backlog = ?
        WHERE source = ?`,
      [newest[0]?.id ?? 0, Number(late), code],
    );
  }

  private async cut(tx: SqlExecutor, code: number, row: ScanRow): Promise<Cut> {
    const rows = await tx.query<{ id: number; source: number }[]>(
      'SELECT id, source FROM post WHERE id > ? AND id <= ? ORDER BY id LIMIT ?',
      [row.scanned_id, row.ceiling_id, SCAN_ROWS],
    );
    const last = rows.length < SCAN_ROWS ? row.ceiling_id : rows[rows.length - 1]!.id;
    return cutBlocks(
      rows.filter(({ source }) => source === code).map(({ id }) => id),
      row.scanned_id,
      last,
    );
  }

  private async addBlocks(tx: SqlExecutor, code: number, cut: Cut, unseenMs: number, dueInMs: number): Promise<void> {
    const now = Date.now();
    const [knownAt, dueAt] = [new Date(now - unseenMs), new Date(now + dueInMs)];
    const rows = cut.blocks.map(({ firstId, lastId }) => [code, firstId, lastId, knownAt, dueAt]);
    await insertRows(tx, 'compliance_block', ['source', 'first_id', 'last_id', 'known_at', 'due_at'], rows, {
      ignore: true,
    });
  }
}
