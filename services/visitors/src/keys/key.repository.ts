import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import { insertRows, TransactionRunner } from '#libs/persistence';
import type { Day } from '../calendar/day.domain.js';

/** Rows one statement deletes: a purge must not lock a busy table for long. */
const PURGE_CHUNK = 10_000;

/** All SQL about keys and what they made. */
@Injectable()
export class KeyRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  /** Makes the keys that are missing. Whoever comes first decides, so all processes see the same. */
  async ensure(days: readonly Day[], periods: readonly number[]): Promise<void> {
    const rows = (numbers: readonly number[]) => numbers.map((number) => [number, randomBytes(32)]);
    await insertRows(this.transactions, 'day_key', ['day', 'secret'], rows(days), { ignore: true });
    await insertRows(this.transactions, 'period_key', ['period', 'secret'], rows(periods), { ignore: true });
  }

  dayKeys(from: Day): Promise<{ day: Day; secret: Buffer }[]> {
    return this.transactions.query('SELECT day, secret FROM day_key WHERE day >= ? ORDER BY day', [from]);
  }

  periodKeys(from: number): Promise<{ period: number; secret: Buffer }[]> {
    return this.transactions.query('SELECT period, secret FROM period_key WHERE period >= ? ORDER BY period', [from]);
  }

  /** Those of the days that still take visitors; they cannot be closed before the transaction ends. */
  async lockOpenDays(tx: SqlExecutor, days: readonly Day[]): Promise<Set<Day>> {
    if (days.length === 0) return new Set();
    const rows = await tx.query<{ day: Day }[]>('SELECT day FROM day_key WHERE day IN (?) LOCK IN SHARE MODE', [days]);
    return new Set(rows.map(({ day }) => day));
  }

  /** Destroys the keys of the days before `day`, then what was made with them. @returns rows of visitors deleted */
  async closeDaysBefore(day: Day): Promise<number> {
    await this.transactions.query('DELETE FROM day_key WHERE day < ?', [day]);
    for (let deleted = 0; ;) {
      const { affectedRows } = await this.transactions.query<{ affectedRows: number }>(
        `DELETE FROM visitor_day WHERE day < ? LIMIT ${PURGE_CHUNK}`,
        [day],
        'bulk',
      );
      deleted += affectedRows;
      if (affectedRows < PURGE_CHUNK) return deleted;
    }
  }

  async destroyPeriodKeysBefore(period: number): Promise<void> {
    await this.transactions.query('DELETE FROM period_key WHERE period < ?', [period]);
  }
}
