import { Injectable } from '@nestjs/common';
import type { Source, WaitReason } from '#libs/contracts';
import { createLogger } from '#libs/observability';
import { TransactionRunner } from '#libs/persistence';
import { UpstreamError } from '../captures/upstream.errors.js';
import { sourceCode, sourceOf } from '../posts/codes.domain.js';

const logger = createLogger('SourceHalts');

/** How often one process tries whether a halt still holds. */
const PROBE_SECONDS = 3_600;

interface HaltRow {
  reason: WaitReason;
  detail: string;
  halted_until: Date | null;
  is_over: number;
  is_probe_due: number;
}

/** A halt as the metrics show it. */
export interface Halt {
  source: Source;
  credential: string;
  reason: string;
}

/**
 * Credentials that nobody may use for now: refused, out of credits, over the cap. A halt belongs to the credential, so a
 * new token of the operator is free of it at once; else one process per hour tries whether it still holds.
 */
@Injectable()
export class SourceHalts {
  constructor(private readonly transactions: TransactionRunner) {}

  /**
   * @returns true when this caller is the one that tries whether the halt still holds
   * @throws UpstreamError while the credential is halted
   */
  async check(credential: string): Promise<boolean> {
    const rows = await this.transactions.query<HaltRow[]>(
      `SELECT reason, detail, halted_until, halted_until <= UTC_TIMESTAMP(3) AS is_over,
              probe_at <= UTC_TIMESTAMP(3) AS is_probe_due
         FROM upstream_halt WHERE credential = ?`,
      [credential],
    );
    const halt = rows[0];
    if (!halt) return false;
    if ((halt.is_over === 1 || halt.is_probe_due === 1) && (await this.claimProbe(credential))) return true;
    throw new UpstreamError(halt.reason, 'halt-source', halt.detail, {
      ...(halt.halted_until && { until: halt.halted_until }),
    });
  }

  /** Nobody asks any more with this credential. */
  async set(credential: string, source: Source, error: UpstreamError): Promise<void> {
    const { until } = error.details;
    await this.transactions.query(
      `INSERT INTO upstream_halt (credential, source, reason, detail, halted_until, halted_at, probe_at)
       VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ? SECOND)
       ON DUPLICATE KEY UPDATE reason = VALUES(reason), detail = VALUES(detail), halted_until = VALUES(halted_until),
         probe_at = VALUES(probe_at)`,
      [credential, sourceCode(source), error.reason, error.message.slice(0, 500), until ?? null, PROBE_SECONDS],
    );
    logger.error(`${source} is halted: ${error.message}`, { event: { action: 'upstream-halt', outcome: 'failure' } });
  }

  /** A request has succeeded: everybody may go on. */
  async lift(credential: string): Promise<void> {
    const { affectedRows } = await this.transactions.query<{ affectedRows: number }>(
      'DELETE FROM upstream_halt WHERE credential = ?',
      [credential],
    );
    if (affectedRows > 0) logger.info('a halt is over', { event: { action: 'upstream-resume', outcome: 'success' } });
  }

  async list(): Promise<Halt[]> {
    const rows = await this.transactions.query<{ source: number; credential: string; reason: string }[]>(
      'SELECT source, credential, reason FROM upstream_halt',
    );
    return rows.map((row) => ({ ...row, source: sourceOf(row.source) }));
  }

  /** Halts of credentials nobody has any more. */
  async forgetOlderThan(days: number): Promise<void> {
    await this.transactions.query(
      'DELETE FROM upstream_halt WHERE probe_at < UTC_TIMESTAMP(3) - INTERVAL ? DAY',
      [days], // prettier-ignore
    );
  }

  /** One process only; the next one may try an hour later. */
  private async claimProbe(credential: string): Promise<boolean> {
    const { affectedRows } = await this.transactions.query<{ affectedRows: number }>(
      `UPDATE upstream_halt
          SET probe_at = UTC_TIMESTAMP(3) + INTERVAL ? SECOND,
              halted_until = IF(halted_until <= UTC_TIMESTAMP(3), NULL, halted_until)
        WHERE credential = ? AND (probe_at <= UTC_TIMESTAMP(3) OR halted_until <= UTC_TIMESTAMP(3))`,
      [PROBE_SECONDS, credential],
    );
    return affectedRows === 1;
  }
}
