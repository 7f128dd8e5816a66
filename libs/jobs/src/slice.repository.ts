import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import { insertRows, TransactionRunner } from '#libs/persistence';
import type { Attempts, Fate } from './attempt.domain.js';
import { JOB_COLUMNS, type JobRow } from './job-row.js';
import type { Json, SliceSpec } from './job.types.js';
import { isRunnable, type Lane } from './scheduler.domain.js';

/** What a worker needs to name the attempt it makes: every write checks the fence. */
export interface SliceKey {
  sliceId: number;
  fence: number;
}

/** Who claims and for how long. */
export interface Claimant {
  worker: string;
  leaseMs: number;
}

/** A slice with its job, as it is found before a claim. */
export interface SliceRow extends JobRow {
  slice_id: number;
  slice_index: number;
  is_merge: number;
  attempts: number;
  lost_leases: number;
  fence: number;
  charged: number;
  payload_json: string;
  slice_bytes: number;
  slice_units: number;
  /** When it was read, by the clock of the database. */
  seen_at: Date;
}

const SLICE_COLUMNS = `s.id AS slice_id, s.slice_index, s.is_merge, s.attempts, s.lost_leases, s.fence, s.charged,
  s.payload_json, s.bytes_total AS slice_bytes, s.units_total AS slice_units, UTC_TIMESTAMP(6) AS seen_at, ${JOB_COLUMNS}`;
const FENCED = "id = ? AND fence = ? AND state = 'running'";

/** All SQL about slices. */
@Injectable()
export class SliceRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  /** Stores the slices of a new job; a job of more or fewer than one gets a merge behind them. @returns how many are ready */
  async addAll(tx: SqlExecutor, jobId: string, laneId: number, specs: readonly SliceSpec[]): Promise<number> {
    const [clock] = await tx.query<{ now: Date }[]>('SELECT UTC_TIMESTAMP(6) AS now');
    const row = (spec: SliceSpec, isMerge: boolean, state: string) => [
      jobId,
      laneId,
      spec.index,
      Number(isMerge),
      state,
      clock!.now,
      spec.bytes ?? 0,
      spec.units ?? 0,
      JSON.stringify(spec.payload),
    ];
    const rows = specs.map((spec) => row(spec, false, 'ready'));
    if (specs.length !== 1) {
      const merge = { index: specs.length, payload: null };
      rows.push(row(merge, true, specs.length === 0 ? 'ready' : 'blocked'));
    }
    const columns = ['job_id', 'lane_id', 'slice_index', 'is_merge', 'state', 'run_at', 'bytes_total', 'units_total', 'payload_json']; // prettier-ignore
    await insertRows(tx, 'job_slice', columns, rows);
    return Math.max(1, specs.length);
  }

  /** The oldest ready slice of a lane that the caller has locked. */
  async oldestReady(tx: SqlExecutor, laneId: number): Promise<SliceRow | undefined> {
    const rows = await tx.query<SliceRow[]>(
      `SELECT ${SLICE_COLUMNS} FROM job_slice s JOIN job j ON j.id = s.job_id
        WHERE s.lane_id = ? AND s.state = 'ready' ORDER BY s.id LIMIT 1`,
      [laneId],
    );
    return rows[0];
  }

  /** The slice that puts the results of the others together, when all of them are there. */
  async mergeOf(tx: SqlExecutor, jobId: string): Promise<SliceRow | undefined> {
    const rows = await tx.query<SliceRow[]>(
      `SELECT ${SLICE_COLUMNS} FROM job_slice s JOIN job j ON j.id = s.job_id
        WHERE s.job_id = ? AND s.is_merge = 1 AND s.state = 'blocked' AND j.slices_done = j.slices_total`,
      [jobId],
    );
    return rows[0];
  }

  /** A slice whose lease has run out. */
  async lost(tx: SqlExecutor, sliceId: number): Promise<SliceRow | undefined> {
    const rows = await tx.query<SliceRow[]>(
      `SELECT ${SLICE_COLUMNS} FROM job_slice s JOIN job j ON j.id = s.job_id
        WHERE s.id = ? AND s.state = 'running' AND s.lease_until < UTC_TIMESTAMP(6) FOR UPDATE`,
      [sliceId],
    );
    return rows[0];
  }

  /**
   * Starts a slice, with its job and its lane: one statement, as a claim is the transaction that workers wait for.
   *
   * @param lane as it is after the claim; a claim never wakes a lane
   */
  async take(
    tx: SqlExecutor,
    row: SliceRow,
    { worker, leaseMs }: Claimant,
    charged: number,
    lane: Lane,
  ): Promise<void> {
    await tx.query(
      `UPDATE job_slice s JOIN job j ON j.id = s.job_id JOIN job_lane l ON l.id = s.lane_id
          SET s.state = 'running', s.fence = s.fence + 1, s.attempts = s.attempts + 1, s.worker = ?, s.charged = ?,
              s.bytes_done = 0, s.units_done = 0, s.lease_until = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND,
              j.state = 'running', j.started_at = COALESCE(j.started_at, UTC_TIMESTAMP(6)),
              l.vtime = ?, l.ready = ?, l.running = ?, l.waiting_jobs = l.waiting_jobs - ?, l.runnable = ?
        WHERE s.id = ?`,
      [
        worker,
        charged,
        leaseMs * 1_000,
        lane.vtime,
        lane.ready,
        lane.running,
        Number(row.state === 'waiting'),
        Number(isRunnable(lane)),
        row.slice_id,
      ],
    );
  }

  /** Starts the merge of a running job. */
  async start(tx: SqlExecutor, sliceId: number, worker: string, leaseMs: number, charged: number): Promise<void> {
    await tx.query(
      `UPDATE job_slice SET state = 'running', fence = fence + 1, attempts = attempts + 1, worker = ?, charged = ?,
              bytes_done = 0, units_done = 0, lease_until = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND
        WHERE id = ?`,
      [worker, charged, leaseMs * 1_000, sliceId],
    );
  }

  /** Stores the checkpoint. @returns false when the lease is lost */
  async complete(tx: SqlExecutor, key: SliceKey, result: Json): Promise<boolean> {
    return this.fenced(
      tx,
      key,
      `state = 'done', lease_until = NULL, lost_leases = 0, bytes_done = bytes_total, units_done = units_total,
       result_json = ?`,
      [JSON.stringify(result)],
    );
  }

  /** An attempt did not end well. @returns false when the lease is lost */
  async giveBack(
    tx: SqlExecutor,
    key: SliceKey,
    fate: Attempts & { state: string; delayMs?: number },
  ): Promise<boolean> {
    return this.fenced(
      tx,
      key,
      `state = ?, attempts = ?, lost_leases = ?, lease_until = NULL, bytes_done = 0, units_done = 0,
       run_at = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND`,
      [fate.state, fate.attempts, fate.lostLeases, (fate.delayMs ?? 0) * 1_000],
    );
  }

  /** Nothing more of this job runs. @returns what the lane has to give up */
  async dropAll(tx: SqlExecutor, jobId: string): Promise<{ ready: number; running: number }> {
    const rows = await tx.query<{ state: string; n: number }[]>(
      'SELECT state, COUNT(*) AS n FROM job_slice WHERE job_id = ? GROUP BY state',
      [jobId],
    );
    await tx.query(
      `UPDATE job_slice SET state = 'dropped', lease_until = NULL
        WHERE job_id = ? AND state IN ('ready', 'delayed', 'blocked', 'running')`,
      [jobId],
    );
    const count = (state: string) => rows.find((row) => row.state === state)?.n ?? 0;
    return { ready: count('ready'), running: count('running') };
  }

  /** What was dropped may run again; checkpoints stay. @returns how many slices are ready */
  async reviveAll(tx: SqlExecutor, jobId: string): Promise<number> {
    const result = await tx.query<{ affectedRows: number }>(
      `UPDATE job_slice SET state = 'ready', attempts = 0, lost_leases = 0, run_at = UTC_TIMESTAMP(6)
        WHERE job_id = ? AND state = 'dropped' AND is_merge = 0`,
      [jobId],
    );
    const merge = result.affectedRows === 0 ? 'ready' : 'blocked';
    const merged = await tx.query<{ affectedRows: number }>(
      `UPDATE job_slice SET state = ?, attempts = 0, lost_leases = 0, run_at = UTC_TIMESTAMP(6)
        WHERE job_id = ? AND state = 'dropped' AND is_merge = 1`,
      [merge, jobId],
    );
    return merge === 'ready' ? merged.affectedRows : result.affectedRows;
  }

  /** Checkpoints of the slices that were cut, in their order. */
  async results(jobId: string): Promise<Json[]> {
    const rows = await this.transactions.query<{ result_json: string }[]>(
      'SELECT result_json FROM job_slice WHERE job_id = ? AND is_merge = 0 ORDER BY slice_index',
      [jobId],
    );
    return rows.map((row) => JSON.parse(row.result_json) as Json);
  }

  /** What became of attempts that somebody believes to be making; an id that is missing is gone. */
  async states(ids: readonly number[]): Promise<Map<number, { fence: number; state: string }>> {
    if (ids.length === 0) return new Map();
    const rows = await this.transactions.query<{ id: number; fence: number; state: string }[]>(
      'SELECT id, fence, state FROM job_slice WHERE id IN (?)',
      [ids],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Keeps the lease and tells how far the attempt is. @returns false when the lease is lost */
  async renew(key: SliceKey, leaseMs: number, done: { bytes: number; units: number }): Promise<boolean> {
    return this.fenced(
      this.transactions,
      key,
      `lease_until = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND, bytes_done = LEAST(bytes_total, ?),
       units_done = LEAST(units_total, ?)`,
      [leaseMs * 1_000, done.bytes, done.units],
    );
  }

  private async fenced(tx: SqlExecutor, key: SliceKey, assignments: string, values: unknown[]): Promise<boolean> {
    // mysql2 counts matched rows (CLIENT_FOUND_ROWS), so an update that changes nothing still counts.
    const { affectedRows } = await tx.query<{ affectedRows: number }>(
      `UPDATE job_slice SET ${assignments} WHERE ${FENCED}`,
      [...values, key.sliceId, key.fence],
    );
    return affectedRows === 1;
  }
}

/** The attempts of a row, as the rules want them. */
export function attemptsOf(row: Pick<SliceRow, 'attempts' | 'lost_leases'>): Attempts {
  return { attempts: row.attempts, lostLeases: row.lost_leases };
}

export type GivenBack = Extract<Fate, { state: 'delayed' | 'ready' }>;
