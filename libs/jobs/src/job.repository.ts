import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import { TransactionRunner } from '#libs/persistence';
import { JOB_COLUMNS, type JobRow } from './job-row.js';
import type { JobFilter, JobOutcome, JobProblem, JobState } from './job.types.js';

/** A job to be stored. */
export interface NewJob {
  id: string;
  tenant: string;
  kind: string;
  jobClass: string;
  laneId: number;
  paramsJson: string;
  bodyHash: string | null;
  idempotencyKey: string | null;
  slices: number;
  bytes: number;
  units: number;
  traceparent: string;
  requestId: string;
  receivedAt: Date | null;
}

/** All SQL about jobs. Rows are locked by way of their lane. */
@Injectable()
export class JobRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  async find(id: string, executor: SqlExecutor = this.transactions): Promise<JobRow | undefined> {
    const rows = await executor.query<JobRow[]>(`SELECT ${JOB_COLUMNS} FROM job j WHERE j.id = ?`, [id]);
    return rows[0];
  }

  async findOwned(id: string, tenant: string): Promise<JobRow | undefined> {
    const row = await this.find(id);
    return row?.tenant === tenant ? row : undefined;
  }

  async list(filter: JobFilter): Promise<JobRow[]> {
    const conditions = ['j.tenant = ?'];
    const values: unknown[] = [filter.tenant];
    const where = (condition: string, ...parameters: unknown[]) => {
      conditions.push(condition);
      values.push(...parameters);
    };
    if (filter.kinds) where('j.kind IN (?)', filter.kinds);
    if (filter.states) where('j.state IN (?)', filter.states);
    if (filter.queuedFrom) where('j.queued_at >= ?', filter.queuedFrom);
    if (filter.queuedBefore) where('j.queued_at < ?', filter.queuedBefore);
    if (filter.after) {
      const { queuedAt, id } = filter.after;
      where('(j.queued_at < ? OR (j.queued_at = ? AND j.id < ?))', queuedAt, queuedAt, id);
    }
    return this.transactions.query<JobRow[]>(
      `SELECT ${JOB_COLUMNS} FROM job j WHERE ${conditions.join(' AND ')} ORDER BY j.queued_at DESC, j.id DESC LIMIT ?`,
      [...values, filter.limit],
    );
  }

  /** @returns false when there is one of that id */
  async add(tx: SqlExecutor, job: NewJob): Promise<boolean> {
    const { affectedRows } = await tx.query<{ affectedRows: number }>(
      `INSERT IGNORE INTO job
         (id, tenant, kind, job_class, lane_id, state, params_json, body_hash, idempotency_key, slices_total,
          bytes_total, units_total, traceparent, request_id, received_at, queued_at)
       VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?, ?, ?, ?, ?, ?, ?,
               LEAST(COALESCE(CAST(? AS DATETIME(6)), UTC_TIMESTAMP(6)), UTC_TIMESTAMP(6)), UTC_TIMESTAMP(3))`,
      [
        job.id,
        job.tenant,
        job.kind,
        job.jobClass,
        job.laneId,
        job.paramsJson,
        job.bodyHash,
        job.idempotencyKey,
        job.slices,
        job.bytes,
        job.units,
        job.traceparent,
        job.requestId,
        job.receivedAt,
      ],
    );
    return affectedRows === 1;
  }

  async addDone(tx: SqlExecutor, id: string, done: { bytes: number; units: number }, execMs: number): Promise<void> {
    await tx.query(
      `UPDATE job SET slices_done = slices_done + 1, bytes_done = bytes_done + ?, units_done = units_done + ?,
              exec_us = exec_us + ? WHERE id = ?`,
      [done.bytes, done.units, Math.round(execMs * 1_000), id],
    );
  }

  async addFailure(tx: SqlExecutor, id: string, execMs: number): Promise<void> {
    await tx.query('UPDATE job SET failures = failures + 1, exec_us = exec_us + ? WHERE id = ?', [
      Math.round(execMs * 1_000),
      id,
    ]);
  }

  async succeed(tx: SqlExecutor, id: string, outcome: JobOutcome, execMs: number, ttlHours: number): Promise<void> {
    const { blob } = outcome;
    await tx.query(
      `UPDATE job SET state = 'done', slices_done = slices_total, bytes_done = bytes_total, units_done = units_total,
              exec_us = exec_us + ?, result_json = ?, blob_ref = ?, blob_bytes = ?, blob_type = ?,
              problem_code = NULL, problem_message = NULL, ${ENDS}
        WHERE id = ?`,
      [
        Math.round(execMs * 1_000),
        JSON.stringify(outcome.result),
        blob?.ref ?? null,
        blob?.bytes ?? null,
        blob?.contentType ?? null,
        ttlHours,
        id,
      ],
    );
  }

  /** Failed, parked or cancelled. */
  async end(tx: SqlExecutor, id: string, state: JobState, problem: JobProblem | null, ttlHours: number): Promise<void> {
    await tx.query(`UPDATE job SET state = ?, problem_code = ?, problem_message = ?, ${ENDS} WHERE id = ?`, [
      state,
      problem?.code.slice(0, 100) ?? null,
      problem?.message.slice(0, 1_000) ?? null,
      ttlHours,
      id,
    ]);
  }

  async reopen(tx: SqlExecutor, id: string): Promise<void> {
    await tx.query(
      `UPDATE job SET state = 'waiting', problem_code = NULL, problem_message = NULL, finished_at = NULL,
              expires_at = NULL WHERE id = ?`,
      [id],
    );
  }

  /** Jobs of the lane that are before this one, and their slices. */
  async aheadOf(row: JobRow): Promise<{ jobs: number; slices: number }> {
    const [counts] = await this.transactions.query<{ jobs: number; slices: number }[]>(
      `SELECT
         (SELECT COUNT(*) FROM job j WHERE j.lane_id = ? AND j.state = 'waiting'
            AND (j.queued_at < ? OR (j.queued_at = ? AND j.id < ?))) AS jobs,
         (SELECT COUNT(*) FROM job_slice s WHERE s.lane_id = ? AND s.state = 'ready' AND s.id <
            (SELECT MIN(m.id) FROM job_slice m WHERE m.job_id = ?)) AS slices`,
      [row.lane_id, row.queued_at, row.queued_at, row.id, row.lane_id, row.id],
    );
    return counts ?? { jobs: 0, slices: 0 };
  }

  /** Waiting jobs and the age of the oldest in seconds, by class. Does not count rows: there may be very many. */
  async waiting(): Promise<{ job_class: string; n: string | number; oldest: string | number | null }[]> {
    return this.transactions.query(
      `SELECT l.job_class, SUM(l.waiting_jobs) AS n,
              TIMESTAMPDIFF(MICROSECOND,
                MIN((SELECT MIN(j.queued_at) FROM job j WHERE j.lane_id = l.id AND j.state = 'waiting')),
                UTC_TIMESTAMP(6)) / 1E6 AS oldest
         FROM job_lane l WHERE l.waiting_jobs > 0 GROUP BY l.job_class`,
    );
  }

  /** Jobs that have begun and not ended, by class. */
  async running(): Promise<{ job_class: string; n: number }[]> {
    return this.transactions.query(
      "SELECT job_class, COUNT(*) AS n FROM job WHERE state = 'running' GROUP BY job_class",
    );
  }
}

const ENDS = 'finished_at = UTC_TIMESTAMP(6), expires_at = UTC_TIMESTAMP(6) + INTERVAL ROUND(? * 3600) SECOND';
