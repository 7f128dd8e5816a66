import { Injectable } from '@nestjs/common';
import { sleep, type SqlExecutor } from '#libs/kernel';
import { TransactionRunner } from '#libs/persistence';
import { UpstreamError } from '../captures/upstream.errors.js';
import { WINDOW_MS, X_ENDPOINTS, type XEndpoint } from './endpoints.domain.js';

/** What the headers of an answer say. */
export interface RateHeaders {
  limit: number;
  remaining: number;
  resetAt: Date;
}

interface QuotaRow {
  max_requests: number;
  remaining: number;
  reset_at: Date;
  is_guess: number;
  next_at: Date;
  now_at: Date;
}

/** Two ends of a window that are nearer than this are the same one: X tells whole seconds, and clocks differ. */
const SAME_WINDOW_MS = 60_000;

/** A window never lasts longer than X says windows are, whatever a wrong clock makes of its end. */
const LONGEST_MS = WINDOW_MS + 60_000;

/** Shared waits end apart from each other. */
const JITTER_MS = 2_000;

/**
 * One count of the requests left for all processes that share a credential: it is taken from before a request is sent and
 * corrected by every answer. So X's windows are used up to the last request without a refusal.
 */
@Injectable()
export class RateQuota {
  constructor(private readonly transactions: TransactionRunner) {}

  /**
   * Takes one request from the quota; sleeps for the moment an endpoint wants between two requests.
   *
   * @throws UpstreamError `rate-window` when the window is used up
   */
  async take(credential: string, endpoint: XEndpoint, stop?: AbortSignal): Promise<void> {
    const waitMs = await this.transactions.run(async (tx) => {
      const row = await this.lock(tx, credential, endpoint);
      const now = row.now_at.getTime();
      if (row.reset_at.getTime() <= now) {
        Object.assign(row, { remaining: row.max_requests, reset_at: new Date(now + WINDOW_MS), is_guess: 1 });
      }
      if (row.remaining < 1) throw usedUp(endpoint, row.reset_at);
      const slot = Math.max(now, row.next_at.getTime());
      const next = new Date(slot + X_ENDPOINTS[endpoint].spacingMs);
      await this.save(tx, credential, endpoint, { ...row, remaining: row.remaining - 1, next_at: next });
      return slot - now;
    });
    if (waitMs > 0) await sleep(waitMs, stop);
  }

  /** Corrects the count by what an answer says. Answers may come out of order, so within a window it only falls. */
  async report(credential: string, endpoint: XEndpoint, rate: RateHeaders): Promise<void> {
    await this.transactions.run(async (tx) => {
      const row = await this.lock(tx, credential, endpoint);
      const reset = Math.min(rate.resetAt.getTime(), row.now_at.getTime() + LONGEST_MS);
      const drift = reset - row.reset_at.getTime();
      const same = Math.abs(drift) <= SAME_WINDOW_MS;
      if (!same && drift < 0 && row.is_guess === 0) return;
      const remaining = same || row.is_guess === 1 ? Math.min(row.remaining, rate.remaining) : rate.remaining;
      const told = { max_requests: rate.limit, remaining, reset_at: new Date(reset), is_guess: 0 };
      await this.save(tx, credential, endpoint, { ...row, ...told });
    });
  }

  /** The source has refused a request: nobody asks again before `until`. */
  async exhaust(credential: string, endpoint: XEndpoint, until: Date): Promise<void> {
    await this.transactions.run(async (tx) => {
      const row = await this.lock(tx, credential, endpoint);
      const reset = new Date(Math.min(until.getTime(), row.now_at.getTime() + LONGEST_MS));
      await this.save(tx, credential, endpoint, { ...row, remaining: 0, reset_at: reset, is_guess: 0 });
    });
  }

  private async lock(tx: SqlExecutor, credential: string, endpoint: XEndpoint): Promise<QuotaRow> {
    const { requests } = X_ENDPOINTS[endpoint];
    // A write, not INSERT IGNORE: two read locks on the same row would end in a deadlock.
    await tx.query(
      `INSERT INTO upstream_quota (credential, endpoint, max_requests, remaining, reset_at, is_guess, next_at)
       VALUES (?, ?, ?, ?, UTC_TIMESTAMP(3) + INTERVAL ? SECOND, 1, UTC_TIMESTAMP(3))
       ON DUPLICATE KEY UPDATE is_guess = is_guess`,
      [credential, endpoint, requests, requests, WINDOW_MS / 1_000],
    );
    const rows = await tx.query<QuotaRow[]>(
      `SELECT max_requests, remaining, reset_at, is_guess, next_at, UTC_TIMESTAMP(3) AS now_at
         FROM upstream_quota WHERE credential = ? AND endpoint = ? FOR UPDATE`,
      [credential, endpoint],
    );
    return rows[0]!;
  }

  private async save(tx: SqlExecutor, credential: string, endpoint: XEndpoint, row: QuotaRow): Promise<void> {
    await tx.query(
      `UPDATE upstream_quota SET max_requests = ?, remaining = ?, reset_at = ?, is_guess = ?, next_at = ?
        WHERE credential = ? AND endpoint = ?`,
      [row.max_requests, row.remaining, row.reset_at, row.is_guess, row.next_at, credential, endpoint],
    );
  }
}

function usedUp(endpoint: XEndpoint, resetAt: Date): UpstreamError {
  const until = new Date(resetAt.getTime() + Math.ceil(Math.random() * JITTER_MS));
  const message = `all requests of this window are used up (${endpoint}); the next one opens at ${resetAt.toISOString()}`;
  return new UpstreamError('rate-window', 'wait', message, { until });
}
