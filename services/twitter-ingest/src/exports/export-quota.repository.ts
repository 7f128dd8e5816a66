import { Injectable } from '@nestjs/common';
import { X_QUOTAS, type ExportX, type XQuotaLeft } from '#libs/contracts';
import type { SqlExecutor } from '#libs/kernel';
import { TransactionRunner } from '#libs/persistence';

/** Days a use counts for, today included. */
const WINDOW_DAYS: Record<ExportX, number> = { full: 1, ids: 30 };

/** Rows older than every window, in days. */
const KEPT_DAYS = 40;

export interface Charge {
  granted: boolean;
  left: XQuotaLeft;
  /** Until midnight UTC by the clock of the database. */
  msToNextDay: number;
}

/** Counts the posts of X handed out to each user. Days are UTC days by the clock of the database. */
@Injectable()
export class ExportQuotaRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  /** Takes `posts` from the quota, or nothing when they do not all fit. Zero asks what is left. */
  async charge(subject: string, kind: ExportX, posts: number): Promise<Charge> {
    return this.transactions.run(async (tx) => {
      // The row of today is the lock of the subject; both kinds are locked in one order.
      for (const each of ['full', 'ids'] as const) {
        await tx.query(
          `INSERT INTO export_quota (subject, kind, utc_day, used) VALUES (?, ?, UTC_DATE(), 0)
            ON DUPLICATE KEY UPDATE used = used`,
          [subject, each],
        );
      }
      const left = { full: await this.left(tx, subject, 'full'), ids: await this.left(tx, subject, 'ids') };
      const granted = posts <= left[kind];
      if (granted && posts > 0) {
        await tx.query(
          'UPDATE export_quota SET used = used + ? WHERE subject = ? AND kind = ? AND utc_day = UTC_DATE()',
          [posts, subject, kind],
        );
        left[kind] -= posts;
      }
      await tx.query('DELETE FROM export_quota WHERE subject = ? AND utc_day < UTC_DATE() - INTERVAL ? DAY', [
        subject,
        KEPT_DAYS,
      ]);
      const [clock] = await tx.query<{ seconds: number }[]>('SELECT TIME_TO_SEC(UTC_TIME()) AS seconds');
      return { granted, left, msToNextDay: (86_400 - Number(clock!.seconds)) * 1_000 };
    });
  }

  private async left(tx: SqlExecutor, subject: string, kind: ExportX): Promise<number> {
    const [row] = await tx.query<{ used: number | string | null }[]>(
      `SELECT SUM(used) AS used FROM export_quota
        WHERE subject = ? AND kind = ? AND utc_day > UTC_DATE() - INTERVAL ? DAY`,
      [subject, kind, WINDOW_DAYS[kind]],
    );
    return Math.max(0, X_QUOTAS[kind] - Number(row?.used ?? 0));
  }
}
