import { Injectable } from '@nestjs/common';
import type { Source } from '#libs/contracts';
import type { SqlExecutor } from '#libs/kernel';
import { insertRows } from '#libs/persistence';
import { sourceCode } from '../posts/codes.domain.js';
import type { Spent } from './spending.types.js';

export interface ReservationRow {
  id: string;
  utc_day: string;
  page_key: string;
  micro_usd: number;
  page_size: number;
  request: string;
}

const KINDS = { post: 1, user: 2 } as const;
const RESERVATION = "id, DATE_FORMAT(utc_day, '%Y-%m-%d') AS utc_day, page_key, micro_usd, page_size, request";

interface Sum {
  sum: string | number | null;
}

/** All SQL about money. Every change of a day's figures happens behind the lock of that day. */
@Injectable()
export class SpendingRepository {
  /** The day it is at the database: all processes agree on it. */
  async today(tx: SqlExecutor): Promise<string> {
    const rows = await tx.query<{ today: string }[]>("SELECT DATE_FORMAT(UTC_DATE(), '%Y-%m-%d') AS today");
    return rows[0]!.today;
  }

  /** Until the transaction ends nobody else reserves or settles. One statement: a read lock first would deadlock. */
  async lockDay(tx: SqlExecutor, day: string, source: Source): Promise<void> {
    await this.addSpent(tx, day, source, 0, { microUsd: 0, posts: 0, users: 0 });
  }

  async addSpent(tx: SqlExecutor, day: string, source: Source, partId: number, spent: Spent): Promise<void> {
    const row = [day, sourceCode(source), partId, spent.microUsd, spent.posts, spent.users];
    await insertRows(tx, 'upstream_spend', ['utc_day', 'source', 'part_id', 'micro_usd', 'posts', 'users'], [row], {
      onDuplicate:
        'micro_usd = micro_usd + VALUES(micro_usd), posts = posts + VALUES(posts), users = users + VALUES(users)',
    });
  }

  async spentOn(tx: SqlExecutor, day: string, source: Source): Promise<number> {
    return sumOf(
      await tx.query<Sum[]>('SELECT SUM(micro_usd) AS sum FROM upstream_spend WHERE utc_day = ? AND source = ?', [
        day,
        sourceCode(source),
      ]),
    );
  }

  async spentBy(tx: SqlExecutor, source: Source, partId: number): Promise<number> {
    return sumOf(
      await tx.query<Sum[]>('SELECT SUM(micro_usd) AS sum FROM upstream_spend WHERE part_id = ? AND source = ?', [
        partId,
        sourceCode(source),
      ]),
    );
  }

  /** What is put aside of the money of a day: requests of that day, and what streams keep for everybody. */
  async reservedOn(tx: SqlExecutor, day: string, source: Source): Promise<number> {
    return sumOf(
      await tx.query<Sum[]>(
        `SELECT SUM(micro_usd) AS sum FROM upstream_reservation
          WHERE source = ? AND ((utc_day = ? AND is_standing = 0) OR (part_id = 0 AND is_standing = 1))`,
        [sourceCode(source), day],
      ),
    );
  }

  async reservedBy(tx: SqlExecutor, source: Source, partId: number): Promise<number> {
    return sumOf(
      await tx.query<Sum[]>('SELECT SUM(micro_usd) AS sum FROM upstream_reservation WHERE part_id = ? AND source = ?', [
        partId,
        sourceCode(source),
      ]),
    );
  }

  /** Requests of a part whose outcome nobody has told. */
  async leftovers(tx: SqlExecutor, source: Source, partId: number): Promise<ReservationRow[]> {
    return tx.query<ReservationRow[]>(
      `SELECT ${RESERVATION} FROM upstream_reservation WHERE part_id = ? AND source = ? AND is_standing = 0`,
      [partId, sourceCode(source)],
    );
  }

  async addReservation(
    tx: SqlExecutor,
    row: ReservationRow & { source: Source; partId: number; standing: boolean },
  ): Promise<void> {
    await tx.query(
      `INSERT INTO upstream_reservation
         (id, utc_day, source, part_id, page_key, micro_usd, page_size, is_standing, request, made_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))`,
      [row.id, row.utc_day, sourceCode(row.source), row.partId, row.page_key, row.micro_usd, row.page_size, row.standing ? 1 : 0, row.request], // prettier-ignore
    );
  }

  /** @returns whether it was still there */
  async removeReservation(tx: SqlExecutor, id: string): Promise<boolean> {
    const { affectedRows } = await tx.query<{ affectedRows: number }>('DELETE FROM upstream_reservation WHERE id = ?', [
      id,
    ]);
    return affectedRows === 1;
  }

  async removeStanding(tx: SqlExecutor, source: Source, partId: number): Promise<void> {
    await tx.query('DELETE FROM upstream_reservation WHERE source = ? AND part_id = ? AND is_standing = 1', [
      sourceCode(source),
      partId,
    ]);
  }

  /** Marks things as billed on a day. @returns how many were not yet */
  async markBilled(
    tx: SqlExecutor,
    day: string,
    source: Source,
    kind: keyof typeof KINDS,
    ids: readonly string[],
  ): Promise<number> {
    const rows = [...new Set(ids)].sort().map((id) => [day, sourceCode(source), KINDS[kind], id.slice(0, 32)]);
    return insertRows(tx, 'upstream_billed', ['utc_day', 'source', 'kind', 'ext_id'], rows, { ignore: true });
  }

  /** Reservations of earlier days that nobody settled. */
  async stale(tx: SqlExecutor, day: string): Promise<(ReservationRow & { source: number; part_id: number })[]> {
    return tx.query(
      `SELECT ${RESERVATION}, source, part_id FROM upstream_reservation WHERE is_standing = 0 AND utc_day < ?`,
      [day],
    );
  }

  /** @returns rows removed, at most `limit` */
  async purgeBilled(tx: SqlExecutor, before: string, limit: number): Promise<number> {
    const { affectedRows } = await tx.query<{ affectedRows: number }>(
      'DELETE FROM upstream_billed WHERE utc_day < ? LIMIT ?',
      [before, limit],
    );
    return affectedRows;
  }

  async purgeStanding(tx: SqlExecutor, olderThanSeconds: number): Promise<void> {
    await tx.query(
      'DELETE FROM upstream_reservation WHERE is_standing = 1 AND made_at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND',
      [olderThanSeconds],
    );
  }
}

/** The driver gives sums as text. */
function sumOf(rows: Sum[]): number {
  return Number(rows[0]?.sum ?? 0);
}
