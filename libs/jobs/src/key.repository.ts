import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import { TransactionRunner } from '#libs/persistence';

/** Whose key it is. */
export interface KeyClaim {
  tenant: string;
  idempotencyKey: string;
  /** Id of the job that the request will make. */
  id: string;
}

/** Who holds a key: the job `jobId`, stored (`used`) or still to come. */
export interface KeyHolder {
  jobId: string;
  used: boolean;
}

interface KeyRow {
  job_id: string;
  is_used: number;
  is_stale: number;
}

/** All SQL about idempotency keys. */
@Injectable()
export class KeyRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  /**
   * Takes the key, if nobody has it or whoever reserved it has gone silent. Locks it until the transaction ends, so of
   * many requests with one key the first is stored before the second looks.
   *
   * @returns who has it now
   */
  async take(tx: SqlExecutor, claim: KeyClaim, holdSeconds: number): Promise<KeyHolder> {
    const { tenant, idempotencyKey, id } = claim;
    await tx.query(
      `INSERT INTO job_key (tenant, idempotency_key, job_id, reserved_until)
       VALUES (?, ?, ?, UTC_TIMESTAMP(6) + INTERVAL ? SECOND)
       ON DUPLICATE KEY UPDATE job_id = job_id`,
      [tenant, idempotencyKey, id, holdSeconds],
    );
    const [row] = await tx.query<KeyRow[]>(
      `SELECT job_id, is_used, reserved_until < UTC_TIMESTAMP(6) AS is_stale FROM job_key
        WHERE tenant = ? AND idempotency_key = ? FOR UPDATE`,
      [tenant, idempotencyKey],
    );
    if (row!.is_used === 0 && (row!.job_id === id || row!.is_stale === 1)) {
      await tx.query(
        `UPDATE job_key SET job_id = ?, reserved_until = UTC_TIMESTAMP(6) + INTERVAL ? SECOND
          WHERE tenant = ? AND idempotency_key = ?`,
        [id, holdSeconds, tenant, idempotencyKey],
      );
      return { jobId: id, used: false };
    }
    return { jobId: row!.job_id, used: row!.is_used === 1 };
  }

  /** The job of the key is stored. */
  async use(tx: SqlExecutor, { tenant, idempotencyKey, id }: KeyClaim): Promise<void> {
    await tx.query('UPDATE job_key SET is_used = 1, job_id = ? WHERE tenant = ? AND idempotency_key = ?', [
      id,
      tenant,
      idempotencyKey,
    ]);
  }

  /** The request came to nothing: the key is free at once. */
  async release({ tenant, idempotencyKey, id }: KeyClaim): Promise<void> {
    await this.transactions.query(
      'DELETE FROM job_key WHERE tenant = ? AND idempotency_key = ? AND job_id = ? AND is_used = 0',
      [tenant, idempotencyKey, id],
    );
  }

  /** Reservations of requests that were never heard of again. */
  async deleteStale(): Promise<void> {
    await this.transactions.query(
      'DELETE FROM job_key WHERE is_used = 0 AND reserved_until < UTC_TIMESTAMP(6) - INTERVAL 1 HOUR LIMIT 1000',
    );
  }
}
