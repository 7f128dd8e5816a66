import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import { TransactionRunner } from '#libs/persistence';
import { JOB_CLASSES, type JobClass } from './job.types.js';
import { awakening, FIRST_COST, isRunnable, lift, type Lane, type Wanted, type Surroundings } from './scheduler.domain.js'; // prettier-ignore

/** A lane with its key. */
export interface LaneRow extends Lane {
  id: number;
  waitingJobs: number;
  /** The flag as it is stored. */
  runnable: number;
}

/** How many of the lanes that were served least a worker tries, before it waits for the first of them. */
const CANDIDATES = 4;

/** How often a transaction that loses a deadlock runs in all: most of them store work that is done. */
const ATTEMPTS = 10;

const COLUMNS = 'id, vtime, weight, mean_cost AS meanCost, cap, ready, running, waiting_jobs AS waitingJobs, runnable';

/**
 * All SQL about lanes. Every transaction of this lib locks the lane first and touches slices and jobs only under that
 * lock, so two of them can never wait for each other.
 */
@Injectable()
export class LaneRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  /** Runs work that locks a lane; again after a deadlock. */
  async transaction<T>(work: (tx: SqlExecutor) => Promise<T>): Promise<T> {
    return this.transactions.run(work, { attempts: ATTEMPTS });
  }

  async lock(tx: SqlExecutor, id: number): Promise<LaneRow> {
    const [row] = await tx.query<LaneRow[]>(`SELECT ${COLUMNS} FROM job_lane WHERE id = ? FOR UPDATE`, [id]);
    if (!row) throw new Error(`lane ${id} is gone`);
    return row;
  }

  /** The lane of a tenant and class; a new one when there is none. */
  async lockOwned(tx: SqlExecutor, tenant: string, jobClass: JobClass, cap: number): Promise<LaneRow> {
    const find = async () => {
      const sql = `SELECT ${COLUMNS} FROM job_lane WHERE tenant = ? AND job_class = ? FOR UPDATE`;
      return (await tx.query<LaneRow[]>(sql, [tenant, jobClass]))[0];
    };
    const row = await find();
    if (row) return row;
    await tx.query('INSERT IGNORE INTO job_lane (tenant, job_class, mean_cost, cap) VALUES (?, ?, ?, ?)', [
      tenant,
      jobClass,
      FIRST_COST,
      cap,
    ]);
    return (await find())!;
  }

  /**
   * The runnable lane with the lowest virtual time that nobody else is looking at. When all of the first few are being
   * looked at it waits for the lowest, as a worker that goes away empty-handed would leave work lying until the next poll.
   * `again` when there was one, but no more by then.
   *
   * Found without locks and locked by its key: a lock by way of the index on `vtime` would wait for whoever moves the lane
   * in that index, who in turn waits for the lock.
   */
  async next(tx: SqlExecutor, { classes, idleOnly }: Wanted): Promise<LaneRow | 'again' | undefined> {
    const free = `runnable = 1${idleOnly ? ' AND running = 0' : ''}`;
    const one = `(SELECT id, vtime FROM job_lane WHERE job_class = ? AND ${free} ORDER BY vtime, id LIMIT ${CANDIDATES})`;
    const all = `${classes.map(() => one).join(' UNION ALL ')} ORDER BY vtime, id LIMIT ${CANDIDATES}`;
    const candidates = await tx.query<{ id: number }[]>(all, [...classes]);
    for (const { id } of candidates) {
      const [lane] = await tx.query<LaneRow[]>(
        `SELECT ${COLUMNS} FROM job_lane WHERE id = ? AND ${free} FOR UPDATE SKIP LOCKED`,
        [id],
      );
      if (lane) return lane;
    }
    if (!candidates[0]) return undefined;
    const lane = await this.lock(tx, candidates[0].id);
    return lane.runnable === 1 && !(idleOnly && lane.running > 0) ? lane : 'again';
  }

  /** Stores a lane that {@link lock} or {@link next} gave, lifted if the change has woken it. */
  async save(tx: SqlExecutor, before: LaneRow, after: Lane, waitingJobs = 0): Promise<void> {
    const woken = awakening(before, after);
    const lane = woken ? lift(after, woken, await this.surroundings(tx)) : after;
    await tx.query(
      `UPDATE job_lane SET vtime = ?, weight = ?, mean_cost = ?, cap = ?, ready = ?, running = ?,
              waiting_jobs = waiting_jobs + ?, runnable = ? WHERE id = ?`,
      [
        lane.vtime,
        lane.weight,
        lane.meanCost,
        lane.cap,
        lane.ready,
        lane.running,
        waitingJobs,
        Number(isRunnable(lane)),
        before.id,
      ],
    );
  }

  /** Corrects the counters of a locked lane from the rows they count. @returns whether they were wrong */
  async recount(tx: SqlExecutor, before: LaneRow): Promise<boolean> {
    const rows = await tx.query<{ state: string; n: number }[]>(
      `SELECT state, COUNT(*) AS n FROM job_slice WHERE lane_id = ? AND state IN ('ready', 'running') GROUP BY state`,
      [before.id],
    );
    const [jobs] = await tx.query<{ n: number }[]>(
      "SELECT COUNT(*) AS n FROM job WHERE lane_id = ? AND state = 'waiting'",
      [before.id],
    );
    const count = (state: string) => rows.find((row) => row.state === state)?.n ?? 0;
    const waiting = jobs?.n ?? 0;
    const after = { ...before, ready: count('ready'), running: count('running') };
    const isRight =
      after.ready === before.ready &&
      after.running === before.running &&
      waiting === before.waitingJobs &&
      before.runnable === Number(isRunnable(before));
    if (isRight) return false;
    await this.save(tx, before, after, waiting - before.waitingJobs);
    return true;
  }

  /** All lanes that have something to do. */
  async loads(): Promise<LaneRow[]> {
    return this.transactions.query<LaneRow[]>(
      `SELECT ${COLUMNS} FROM job_lane WHERE ready > 0 OR running > 0 OR waiting_jobs > 0`,
    );
  }

  private async surroundings(tx: SqlExecutor): Promise<Surroundings> {
    // One look into an index each.
    const lowest = JOB_CLASSES.map((name) => `(SELECT MIN(vtime) FROM job_lane WHERE job_class = '${name}' AND runnable = 1) AS ${name}_lane`); // prettier-ignore
    const [row] = await tx.query<Record<string, number | null>[]>(
      `SELECT ${lowest.join(', ')}, (SELECT MAX(vtime) FROM job_lane) AS highest`,
    );
    const found = JOB_CLASSES.map((name) => row?.[`${name}_lane`] ?? Infinity);
    return { lowestRunnable: finite(Math.min(...found)), highest: row?.['highest'] ?? null };
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
