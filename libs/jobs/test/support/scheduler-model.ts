import { afterLostLease, type RetryPolicy } from '../../src/attempt.domain.js';
import type { JobClass } from '../../src/job.types.js';
import {
  add,
  awakening,
  claim,
  drop,
  FIRST_COST,
  isModest,
  isRunnable,
  lift,
  settle,
  takeOver,
  type Lane,
  type Wanted,
} from '../../src/scheduler.domain.js';

export interface ModelLane extends Lane {
  id: number;
  tenant: number;
  jobClass: JobClass;
}

export interface ModelJob {
  id: number;
  lane: number;
  state: 'waiting' | 'running' | 'done' | 'parked' | 'cancelled';
  slices: ModelSlice[];
}

export interface ModelSlice {
  job: ModelJob;
  index: number;
  isMerge: boolean;
  state: 'ready' | 'delayed' | 'blocked' | 'running' | 'done' | 'dropped';
  fence: number;
  attempts: number;
  lostLeases: number;
  charged: number;
}

/** An attempt, as its worker knows it: it may be out of date. */
export interface ModelClaim {
  slice: ModelSlice;
  fence: number;
}

/** The whole scheduler in memory: the rules that ship, around lists instead of tables. */
export class SchedulerModel {
  readonly lanes: ModelLane[] = [];
  readonly jobs: ModelJob[] = [];

  constructor(
    private readonly policy: RetryPolicy,
    private readonly cap: number,
  ) {}

  laneOf(tenant: number, jobClass: JobClass): ModelLane {
    const id = tenant * 2 + (jobClass === 'long' ? 1 : 0);
    const found = this.lanes.find((lane) => lane.id === id);
    if (found) return found;
    const lane = {
      id,
      tenant,
      jobClass,
      vtime: 0,
      weight: 1,
      meanCost: FIRST_COST,
      cap: this.cap,
      ready: 0,
      running: 0,
    };
    this.lanes.push(lane);
    return lane;
  }

  submit(tenant: number, jobClass: JobClass, count: number): ModelJob {
    const lane = this.laneOf(tenant, jobClass);
    const job: ModelJob = { id: this.jobs.length, lane: lane.id, state: 'waiting', slices: [] };
    const slice = (index: number, isMerge: boolean, state: ModelSlice['state']): ModelSlice => ({
      job, index, isMerge, state, fence: 0, attempts: 0, lostLeases: 0, charged: 0,
    }); // prettier-ignore
    for (let index = 0; index < count; index++) job.slices.push(slice(index, false, 'ready'));
    if (count !== 1) job.slices.push(slice(count, true, count === 0 ? 'ready' : 'blocked'));
    this.jobs.push(job);
    this.save(lane, add(lane, Math.max(1, count)));
    return job;
  }

  /** Lanes one of which a claim has to take. */
  eligible({ classes, modestOnly }: Wanted): ModelLane[] {
    return this.lanes.filter(
      (lane) =>
        isRunnable(lane) && classes.includes(lane.jobClass) && !(modestOnly && !isModest(lane, this.othersOf(lane))),
    );
  }

  claim(wanted: Wanted): ModelClaim | undefined {
    const eligible = this.eligible(wanted);
    const [lane] = eligible.toSorted((a, b) => a.vtime - b.vtime || this.lanes.indexOf(a) - this.lanes.indexOf(b));
    if (!lane) return undefined;
    const slice = this.oldestReady(lane);
    const taken = claim(lane);
    this.save(lane, taken.lane);
    slice.job.state = 'running';
    return this.begin(slice, taken.charged);
  }

  /** @returns the merge of the job when this was the last slice before it; false when the claim is not valid any more */
  complete(held: ModelClaim, cost: number): ModelClaim | undefined | false {
    if (!this.isValid(held)) return false;
    const { slice } = held;
    const lane = this.laneAt(slice);
    Object.assign(slice, { state: 'done', lostLeases: 0 });
    const settled = settle(lane, slice.charged, cost);
    const merge = slice.job.slices.find((other) => other.state === 'blocked');
    const rest = slice.job.slices.filter((other) => other.state !== 'done');
    if (rest.length === 0) slice.job.state = 'done';
    if (!merge || rest.length > 1) {
      this.save(lane, settled);
      return undefined;
    }
    const taken = takeOver(settled);
    this.save(lane, taken.lane);
    return this.begin(merge, taken.charged);
  }

  fail(held: ModelClaim, cost: number): boolean {
    if (!this.isValid(held)) return false;
    const { slice } = held;
    const lane = this.laneAt(slice);
    const settled = settle(lane, slice.charged, cost);
    slice.lostLeases = 0;
    if (slice.attempts >= this.policy.maxAttempts) this.end(slice.job, 'parked', lane, settled, slice);
    else {
      slice.state = 'delayed';
      this.save(lane, settled);
    }
    return true;
  }

  /** All pauses are over. */
  promote(): void {
    for (const lane of this.lanes) {
      const due = this.slicesOf(lane).filter(({ state }) => state === 'delayed');
      for (const slice of due) slice.state = 'ready';
      if (due.length > 0) this.save(lane, add(lane, due.length));
    }
  }

  lose(held: ModelClaim): boolean {
    if (!this.isValid(held)) return false;
    const { slice } = held;
    const lane = this.laneAt(slice);
    const fate = afterLostLease(slice, this.policy);
    slice.attempts = fate.attempts;
    slice.lostLeases = fate.lostLeases;
    const freed = drop(lane, { ready: 0, running: 1 });
    if (fate.state === 'parked') this.end(slice.job, 'parked', lane, freed, slice);
    else {
      slice.state = 'ready';
      this.save(lane, add(freed, 1));
    }
    return true;
  }

  cancel(job: ModelJob): void {
    if (job.state !== 'waiting' && job.state !== 'running') return;
    const lane = this.lanes.find(({ id }) => id === job.lane)!;
    this.end(job, 'cancelled', lane, lane);
  }

  setShare(tenant: number, jobClass: JobClass, share: { weight: number; cap: number }): void {
    const lane = this.laneOf(tenant, jobClass);
    this.save(lane, { ...lane, ...share });
  }

  isValid({ slice, fence }: ModelClaim): boolean {
    return slice.state === 'running' && slice.fence === fence;
  }

  slicesOf(lane: ModelLane): ModelSlice[] {
    return this.jobs.filter((job) => job.lane === lane.id).flatMap((job) => job.slices);
  }

  private othersOf({ id, tenant }: ModelLane): number {
    const others = this.lanes.filter((lane) => lane.tenant === tenant && lane.id !== id);
    return others.reduce((sum, { running }) => sum + running, 0);
  }

  private oldestReady(lane: ModelLane): ModelSlice {
    for (const job of this.jobs) {
      if (job.lane !== lane.id || (job.state !== 'waiting' && job.state !== 'running')) continue;
      const slice = job.slices.find(({ state }) => state === 'ready');
      if (slice) return slice;
    }
    throw new Error(`lane ${lane.id} has no ready slice although it counts ${lane.ready}`);
  }

  private laneAt(slice: ModelSlice): ModelLane {
    return this.lanes.find(({ id }) => id === slice.job.lane)!;
  }

  private begin(slice: ModelSlice, charged: number): ModelClaim {
    slice.state = 'running';
    slice.fence++;
    slice.attempts++;
    slice.charged = charged;
    return { slice, fence: slice.fence };
  }

  private end(job: ModelJob, state: ModelJob['state'], before: ModelLane, lane: Lane, own?: ModelSlice): void {
    const count = (wanted: string) => job.slices.filter((slice) => slice !== own && slice.state === wanted).length;
    const dropped = { ready: count('ready'), running: count('running') };
    for (const slice of job.slices) if (slice.state !== 'done') slice.state = 'dropped';
    job.state = state;
    this.save(before, drop(lane, dropped));
  }

  private save(lane: ModelLane, after: Lane): void {
    const woken = awakening(lane, after);
    const runnable = this.lanes.filter(isRunnable).map(({ vtime }) => vtime);
    const lifted = woken
      ? lift(after, woken, {
          lowestRunnable: runnable.length > 0 ? Math.min(...runnable) : null,
          highest: Math.max(...this.lanes.map(({ vtime }) => vtime)),
        })
      : after;
    Object.assign(lane, lifted);
  }
}
