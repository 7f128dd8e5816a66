import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import { TransactionRunner } from '#libs/persistence';
import { JOB_COLUMNS, type JobRow } from './job-row.js';
import type { JobClass } from './job.types.js';

interface Place {
  id: number;
  laneId: number;
}

/** SQL of what has to be done from time to time. Finding takes no locks; whoever acts looks again under the lane's lock. */
@Injectable()
export class HousekeepingRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  /** Slices whose worker has gone silent. */
  async lostSlices(): Promise<Place[]> {
    return this.transactions.query<Place[]>(
      `SELECT id, lane_id AS laneId FROM job_slice
        WHERE state = 'running' AND lease_until < UTC_TIMESTAMP(6) ORDER BY lease_until LIMIT 100`,
    );
  }

  /** Lanes with slices whose pause after a failure is over. */
  async dueLanes(): Promise<number[]> {
    const rows = await this.transactions.query<{ laneId: number }[]>(
      `SELECT DISTINCT lane_id AS laneId FROM job_slice
        WHERE state = 'delayed' AND run_at <= UTC_TIMESTAMP(6) LIMIT 100`,
    );
    return rows.map((row) => row.laneId);
  }

  /** @returns how many slices of the lane have become ready */
  async promote(tx: SqlExecutor, laneId: number): Promise<number> {
    const { affectedRows } = await tx.query<{ affectedRows: number }>(
      // Not by the time: that would touch rows of other lanes, whose locks are not held.
      "UPDATE job_slice FORCE INDEX (job_slice_next) SET state = 'ready' WHERE lane_id = ? AND state = 'delayed' AND run_at <= UTC_TIMESTAMP(6)",
      [laneId],
    );
    return affectedRows;
  }

  /** Lanes whose counters may be wrong: those that claim to have or to be doing something. */
  async busyLanes(): Promise<number[]> {
    const rows = await this.transactions.query<{ id: number }[]>(
      'SELECT id FROM job_lane WHERE ready <> 0 OR running <> 0 OR waiting_jobs <> 0 LIMIT 1000',
    );
    return rows.map((row) => row.id);
  }

  /** Jobs whose results are to go, and those that expired before and whose files could not be removed then. */
  async expiredJobs(): Promise<JobRow[]> {
    return this.transactions.query<JobRow[]>(
      `SELECT ${JOB_COLUMNS} FROM job j
        WHERE j.state IN ('done', 'failed', 'parked', 'cancelled') AND j.expires_at <= UTC_TIMESTAMP(6)
        ORDER BY j.expires_at LIMIT 100`,
    );
  }

  /** Forgets result and checkpoints; the key may be used again. @returns false when somebody retried it meanwhile */
  async expire(tx: SqlExecutor, row: JobRow): Promise<boolean> {
    const { affectedRows } = await tx.query<{ affectedRows: number }>(
      `UPDATE job SET state = 'expired', result_json = NULL, blob_ref = NULL, idempotency_key = NULL
        WHERE id = ? AND state = ? AND expires_at <= UTC_TIMESTAMP(6)`,
      [row.id, row.state],
    );
    if (affectedRows === 0) return false;
    await tx.query('DELETE FROM job_slice WHERE job_id = ?', [row.id]);
    if (row.idempotency_key !== null) {
      await tx.query('DELETE FROM job_key WHERE tenant = ? AND idempotency_key = ? AND job_id = ?', [
        row.tenant,
        row.idempotency_key,
        row.id,
      ]);
    }
    return true;
  }

  /** Whether another job still offers the same file. */
  async isBlobShared(ref: string, exceptId: string): Promise<boolean> {
    const rows = await this.transactions.query<unknown[]>(
      "SELECT id FROM job WHERE blob_ref = ? AND id <> ? AND state = 'done' AND expires_at > UTC_TIMESTAMP(6) LIMIT 1",
      [ref, exceptId],
    );
    return rows.length > 0;
  }

  async deleteOld(days: number): Promise<void> {
    await this.transactions.query(
      "DELETE FROM job WHERE state = 'expired' AND expires_at < UTC_TIMESTAMP(6) - INTERVAL ? DAY LIMIT 500",
      [days],
    );
  }

  async seen(worker: string, slots: number): Promise<void> {
    await this.transactions.query(
      `INSERT INTO job_worker (id, slots, seen_at) VALUES (?, ?, UTC_TIMESTAMP(6))
       ON DUPLICATE KEY UPDATE slots = VALUES(slots), seen_at = VALUES(seen_at)`,
      [worker, slots],
    );
  }

  async gone(worker: string): Promise<void> {
    await this.transactions.query('DELETE FROM job_worker WHERE id = ?', [worker]);
  }

  /** Processes that died said no farewell. */
  async deleteSilentWorkers(): Promise<void> {
    await this.transactions.query('DELETE FROM job_worker WHERE seen_at < UTC_TIMESTAMP(6) - INTERVAL 1 HOUR');
  }

  /** Slots of all processes that were seen lately; one of each is kept for short work. */
  async slots(jobClass: JobClass): Promise<number> {
    const [row] = await this.transactions.query<{ n: unknown }[]>(
      'SELECT COALESCE(SUM(slots - ?), 0) AS n FROM job_worker WHERE seen_at > UTC_TIMESTAMP(6) - INTERVAL 15 SECOND',
      [jobClass === 'long' ? 1 : 0],
    );
    return Number(row?.n ?? 0);
  }
}
