import { Inject, Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import { afterFailure, afterLostLease, afterRelease, type Fate } from './attempt.domain.js';
import { JobKinds } from './job-kinds.js';
import { JOB_OBSERVER, type JobObserver } from './job-observer.js';
import { toJobInfo } from './job-row.js';
import { JobRepository } from './job.repository.js';
import type { JobInfo, JobOutcome, JobProblem, Json, SliceSpec } from './job.types.js';
import { laneCorrections } from './jobs.metrics.js';
import { LaneRepository, type LaneRow } from './lane.repository.js';
import { LeaseLostError } from './lease.errors.js';
import { add, claim, drop, isModest, settle, takeOver, type Lane, type Wanted } from './scheduler.domain.js';
import { attemptsOf, SliceRepository, type Claimant, type SliceKey, type SliceRow } from './slice.repository.js';

/** One attempt at a slice, as its worker holds it. */
export interface Claim extends SliceKey {
  laneId: number;
  job: JobInfo;
  slice: SliceSpec;
  /** It puts the results of the other slices together. */
  isMerge: boolean;
  /** The job has no other slice, so its end is the end of the job. */
  isOnly: boolean;
  attempts: number;
  lostLeases: number;
  charged: number;
  /** Short, of a lane that is `isModest`. */
  isUrgent: boolean;
  traceparent: string;
  requestId: string;
}

/** What a look for work found; `again`: something has changed meanwhile, so look once more. */
export type Look = Claim | 'again' | undefined;

/** The transactions of a worker: taking slices and settling them. Each locks the lane first. */
@Injectable()
export class Claims {
  constructor(
    private readonly lanes: LaneRepository,
    private readonly slices: SliceRepository,
    private readonly jobs: JobRepository,
    private readonly kinds: JobKinds,
    @Inject(JOB_OBSERVER) private readonly observer: JobObserver,
  ) {}

  /** Takes the next slice: of the lane that was served least, its oldest. */
  async claim(wanted: Wanted, claimant: Claimant): Promise<Look> {
    const [first, ...rest] = await this.lanes.candidates(wanted);
    if (!first) return undefined;
    return this.lanes.transaction(async (tx) => {
      const before = await this.lanes.lockOne(tx, [first, ...rest], wanted);
      if (before === 'again') return before;
      const row = await this.slices.oldestReady(tx, before.id);
      if (!row) {
        if (await this.lanes.recount(tx, before)) laneCorrections.inc();
        return 'again';
      }
      const { lane, charged } = claim(before);
      await this.slices.take(tx, row, claimant, charged, lane);
      const begins = row.state === 'waiting';
      const isUrgent = row.job_class === 'short' && isModest(before, before.others);
      const taken = toClaim(begins ? begun(row) : row, charged, isUrgent);
      if (begins) await this.observer.changed?.(tx, taken.job);
      return taken;
    });
  }

  /**
   * Stores the checkpoint of a slice that is not the job's end. When it was the last one the caller goes on with the merge.
   *
   * @throws LeaseLostError
   */
  async complete(held: Claim, result: Json, seconds: number, claimant: Claimant): Promise<Claim | undefined> {
    return this.lanes.transaction(async (tx) => {
      const before = await this.lanes.lock(tx, held.laneId);
      if (!(await this.slices.complete(tx, held, result))) throw new LeaseLostError(held.sliceId);
      const { bytes = 0, units = 0 } = held.slice;
      await this.jobs.addDone(tx, held.job.id, { bytes, units }, seconds * 1_000);
      const settled = settle(before, held.charged, seconds);
      const merge = await this.slices.mergeOf(tx, held.job.id);
      if (!merge) {
        await this.lanes.save(tx, before, settled);
        return undefined;
      }
      const { lane, charged } = takeOver(settled);
      await this.slices.start(tx, merge.slice_id, claimant.worker, claimant.leaseMs, charged);
      await this.lanes.save(tx, before, lane);
      return toClaim(merge, charged);
    });
  }

  /**
   * The job is done.
   *
   * @throws LeaseLostError
   */
  async finish(held: Claim, outcome: JobOutcome, seconds: number): Promise<JobInfo> {
    return this.lanes.transaction(async (tx) => {
      const before = await this.lanes.lock(tx, held.laneId);
      if (!(await this.slices.complete(tx, held, null))) throw new LeaseLostError(held.sliceId);
      await this.jobs.succeed(tx, held.job.id, outcome, seconds * 1_000, this.kinds.ttlHoursOf(held.job.kind));
      await this.lanes.save(tx, before, settle(before, held.charged, seconds));
      return this.changed(tx, held.job.id);
    });
  }

  /**
   * The handler has thrown: the slice waits for another attempt, or the job is parked.
   *
   * @returns the job when it has ended
   * @throws LeaseLostError
   */
  async fail(held: Claim, reason: string, seconds: number): Promise<JobInfo | undefined> {
    return this.leave(held, afterFailure(held, this.kinds.policyOf(held.job.kind), reason, Math.random()), seconds);
  }

  /**
   * The input is at fault.
   *
   * @throws LeaseLostError
   */
  async reject(held: Claim, problem: JobProblem, seconds: number): Promise<JobInfo> {
    return this.lanes.transaction(async (tx) => {
      const before = await this.lanes.lock(tx, held.laneId);
      const { attempts, lostLeases } = held;
      await this.assertHeld(tx, held, { state: 'ready', attempts, lostLeases });
      return this.endWith(tx, held, 'failed', problem, before, settle(before, held.charged, seconds), seconds);
    });
  }

  /** Gives a slice back through no fault of its own, at once or after a pause. */
  async release(held: Claim, seconds: number, delayMs = 0): Promise<void> {
    const fate = afterRelease(held);
    await this.lanes.transaction(async (tx) => {
      const before = await this.lanes.lock(tx, held.laneId);
      await this.assertHeld(tx, held, delayMs > 0 ? { ...fate, state: 'delayed', delayMs } : fate);
      const settled = settle(before, held.charged, seconds);
      await this.lanes.save(tx, before, delayMs > 0 ? settled : add(settled, 1));
    });
  }

  /** The worker of a slice has gone silent. @returns the job when that was once too often */
  async takeBack(sliceId: number, laneId: number): Promise<JobInfo | 'ready' | undefined> {
    return this.lanes.transaction(async (tx) => {
      const before = await this.lanes.lock(tx, laneId);
      const row = await this.slices.lost(tx, sliceId);
      if (!row) return undefined;
      const held = { ...toClaim(row, row.charged), fence: row.fence, ...attemptsOf(row) };
      const fate = afterLostLease(held, this.kinds.policyOf(row.kind));
      await this.assertHeld(tx, held, fate.state === 'parked' ? { ...fate, state: 'ready' } : fate);
      const lane = drop(before, { ready: 0, running: 1 });
      if (fate.state === 'parked') return this.endWith(tx, held, 'parked', fate, before, lane, 0);
      await this.jobs.addFailure(tx, row.id, 0);
      await this.lanes.save(tx, before, add(lane, 1));
      return 'ready';
    });
  }

  private async leave(held: Claim, fate: Fate, seconds: number): Promise<JobInfo | undefined> {
    return this.lanes.transaction(async (tx) => {
      const before = await this.lanes.lock(tx, held.laneId);
      const parked = fate.state === 'parked';
      await this.assertHeld(tx, held, parked ? { ...fate, state: 'ready' } : fate);
      const settled = settle(before, held.charged, seconds);
      if (parked) return this.endWith(tx, held, 'parked', fate, before, settled, seconds);
      await this.jobs.addFailure(tx, held.job.id, seconds * 1_000);
      await this.lanes.save(tx, before, settled);
      return undefined;
    });
  }

  private async assertHeld(
    tx: SqlExecutor,
    held: SliceKey,
    fate: { state: string; attempts: number; lostLeases: number; delayMs?: number },
  ): Promise<void> {
    if (!(await this.slices.giveBack(tx, held, fate))) throw new LeaseLostError(held.sliceId);
  }

  /** Ends the job with one of its slices, which the caller has given back as ready and taken off the lane. */
  private async endWith(
    tx: SqlExecutor,
    held: Claim,
    state: 'failed' | 'parked',
    problem: JobProblem,
    before: LaneRow,
    lane: Lane,
    seconds: number,
  ): Promise<JobInfo> {
    const dropped = await this.slices.dropAll(tx, held.job.id);
    await this.jobs.addFailure(tx, held.job.id, seconds * 1_000);
    await this.jobs.end(tx, held.job.id, state, problem, this.kinds.ttlHoursOf(held.job.kind));
    await this.lanes.save(tx, before, drop(add(lane, 1), dropped));
    return this.changed(tx, held.job.id);
  }

  private async changed(tx: SqlExecutor, id: string): Promise<JobInfo> {
    const job = toJobInfo((await this.jobs.find(id, tx))!);
    await this.observer.changed?.(tx, job);
    return job;
  }
}

/** The row as the claim has left it; it is not read again. */
function begun(row: SliceRow): SliceRow {
  if (row.started_at) return { ...row, state: 'running' };
  const queue_us = Math.max(0, row.seen_at.getTime() - row.queued_at.getTime()) * 1_000;
  return { ...row, state: 'running', started_at: row.seen_at, queue_us };
}

function toClaim(row: SliceRow, charged: number, isUrgent = false): Claim {
  return {
    sliceId: row.slice_id,
    laneId: row.lane_id,
    fence: row.fence + 1,
    job: toJobInfo(row),
    slice: {
      index: row.slice_index,
      bytes: row.slice_bytes,
      units: row.slice_units,
      payload: JSON.parse(row.payload_json) as Json,
    },
    isMerge: row.is_merge === 1,
    isOnly: row.slices_total === 1,
    attempts: row.attempts + 1,
    lostLeases: row.lost_leases,
    charged,
    isUrgent,
    traceparent: row.traceparent,
    requestId: row.request_id,
  };
}
