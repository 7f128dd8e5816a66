import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import { TransactionRunner } from '#libs/persistence';
import { JOB_CLASSES, type JobClass } from './job.types.js';
import { awakening, FIRST_COST, isModest, isRunnable, lift, LITTLE, type Lane, type Wanted, type Surroundings } from './scheduler.domain.js'; // prettier-ignore

/** A lane with its key. */
export interface LaneRow extends Lane {
  id: number;
  waitingJobs: number;
  /** The flag as it is stored. */
  runnable: number;
}

/** A lane that may be served next. */
export interface Candidate {
  id: number;
  /** Slices of its tenant that run in other lanes. */
  others: number;
}

/** A candidate that is locked; its `others` are those of shortly before. */
export type FoundLane = LaneRow & Candidate;

/** How many of the lanes that were served least a worker tries, before it waits for the first of them. */
const CANDIDATES = 4;

/** Of a lane `l`. */
const OTHERS = '(SELECT COALESCE(SUM(o.running), 0) FROM job_lane o WHERE o.tenant = l.tenant AND o.id <> l.id)';

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
   * The runnable lanes with the lowest virtual times. Found without locks, to be locked by their keys: a lock by way of the
   * index on `vtime` would wait for whoever moves the lane in that index, who in turn waits for the lock. And without a
   * transaction, as most looks of a worker that has only its last slot free find nothing.
   */
  async candidates({ classes, modestOnly }: Wanted): Promise<Candidate[]> {
    const modest = modestOnly ? `AND running = 0 AND (ready <= ${LITTLE} OR ${OTHERS} = 0)` : '';
    const one = `(SELECT id, vtime, ${OTHERS} AS others FROM job_lane l WHERE job_class = ? AND runnable = 1 ${modest} ORDER BY vtime, id LIMIT ${CANDIDATES})`;
    const all = `${classes.map(() => one).join(' UNION ALL ')} ORDER BY vtime, id LIMIT ${CANDIDATES}`;
    const rows = await this.transactions.query<{ id: number; others: number | string }[]>(all, [...classes]);
    return rows.map(({ id, others }) => ({ id, others: Number(others) }));
  }

  /**
   * Locks the first candidate that nobody else is looking at. When all of them are being looked at it waits for the first, as
   * a worker that goes away empty-handed would leave work lying until the next poll. `again` when that is not runnable any
   * more by then.
   */
  async lockOne(
    tx: SqlExecutor,
    candidates: readonly [Candidate, ...Candidate[]],
    { modestOnly }: Wanted,
  ): Promise<FoundLane | 'again'> {
    for (const { id, others } of candidates) {
      const [lane] = await tx.query<LaneRow[]>(
        `SELECT ${COLUMNS} FROM job_lane WHERE id = ? AND runnable = 1${modestOnly ? ' AND running = 0' : ''}
            FOR UPDATE SKIP LOCKED`,
        [id],
      );
      if (lane) return { ...lane, others };
    }
    const [{ id, others }] = candidates;
    const lane = await this.lock(tx, id);
    return lane.runnable === 1 && (!modestOnly || isModest(lane, others)) ? { ...lane, others } : 'again';
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
