import { Inject, Injectable } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import type { SqlExecutor } from '#libs/kernel';
import { createLogger, currentContext, newContext, traceparentOf } from '#libs/observability';
import { HousekeepingRepository } from './housekeeping.repository.js';
import { JobKinds, assertFits, type AnyJobKind } from './job-kinds.js';
import { fieldsOf, reportEnd } from './job-log.js';
import { JOB_OBSERVER, type JobObserver } from './job-observer.js';
import { toJobInfo, type JobRow } from './job-row.js';
import { JobSignals } from './job-signals.service.js';
import { JobRepository } from './job.repository.js';
import type {
  JobClass,
  JobFilter,
  JobInfo,
  Json,
  QueuePlace,
  SliceSpec,
  SubmitJob,
  SubmittedJob,
} from './job.types.js';
import { jobsConfigSchema } from './jobs.config.js';
import {
  IdempotencyInFlightError,
  IdempotencyMismatchError,
  InvalidJobError,
  JobNotFoundError,
  JobNotRetryableError,
} from './jobs.errors.js';
import { KeyRepository, type KeyClaim } from './key.repository.js';
import { LaneRepository } from './lane.repository.js';
import { estimateStart } from './queue-place.domain.js';
import { add, drop } from './scheduler.domain.js';
import { SliceRepository } from './slice.repository.js';

const log = createLogger('Jobs');

/** How long a key is held for a request whose body is being received; `reserveKey` again to keep it. */
const KEY_HOLD_SECONDS = 30;

/** What a service does with jobs: store, look, cancel, retry. Workers do the rest. */
@Injectable()
export class Jobs {
  private readonly cap = loadConfig(jobsConfigSchema).MIRANTE_JOB_LANE_CAP;

  constructor(
    private readonly lanes: LaneRepository,
    private readonly slices: SliceRepository,
    private readonly jobs: JobRepository,
    private readonly keys: KeyRepository,
    private readonly housekeeping: HousekeepingRepository,
    private readonly kinds: JobKinds,
    private readonly signals: JobSignals,
    @Inject(JOB_OBSERVER) private readonly observer: JobObserver,
  ) {}

  /**
   * Stores a job. With `tx` it is part of the caller's transaction, who calls {@link wake} after the commit; else it has
   * one of its own. A repeated id, or an idempotency key with the same body, gives the job of the first request.
   *
   * @throws UnknownJobKindError, InvalidJobError, IdempotencyMismatchError (another body or kind under the key),
   * IdempotencyInFlightError (the key is reserved by another request), and what `slices` of the kind throws
   */
  async submit(tx: SqlExecutor | undefined, wish: SubmitJob): Promise<SubmittedJob> {
    const kind = this.kinds.get(wish.kind);
    const specs = await kind.slices(checked(kind, wish.params), { id: wish.id, tenant: wish.tenant });
    assertSlices(kind, specs);
    const submitted = await (tx
      ? this.store(tx, kind, wish, specs)
      : this.lanes.transaction((own) => this.store(own, kind, wish, specs)));
    const { job, replayed } = submitted;
    log.info(replayed ? 'job was stored before' : 'job stored', fieldsOf(job, 'job-stored', 'success'));
    if (!tx && !replayed) this.wake();
    return submitted;
  }

  /** Tells the workers that there is new work; only saves the time until they look. */
  wake(): void {
    this.signals.ready();
  }

  /**
   * Takes an idempotency key before the job can be stored, while a long body is still coming in. Held for half a minute;
   * call it again to hold it longer.
   *
   * @returns the job when the key has made one: compare the bodies by submitting
   * @throws IdempotencyInFlightError when another request holds it
   */
  async reserveKey(claim: KeyClaim): Promise<JobInfo | undefined> {
    const holder = await this.lanes.transaction((tx) => this.keys.take(tx, claim, KEY_HOLD_SECONDS));
    if (!holder.used) {
      if (holder.jobId !== claim.id) throw new IdempotencyInFlightError();
      return undefined;
    }
    return this.get(holder.jobId, claim.tenant);
  }

  /** The request has come to nothing: its key is free again. */
  async releaseKey(claim: KeyClaim): Promise<void> {
    await this.keys.release(claim);
  }

  /** @throws JobNotFoundError, also for a job of another tenant */
  async get(id: string, tenant: string): Promise<JobInfo> {
    return toJobInfo(await this.owned(id, tenant));
  }

  /** A page of the tenant's jobs, newest first. */
  async list(filter: JobFilter): Promise<JobInfo[]> {
    return (await this.jobs.list(filter)).map(toJobInfo);
  }

  /** Where a waiting job stands; null for any other. @throws JobNotFoundError */
  async place(id: string, tenant: string): Promise<QueuePlace | null> {
    const row = await this.owned(id, tenant);
    if (row.state !== 'waiting') return null;
    const [ahead, lanes, slots] = await Promise.all([
      this.jobs.aheadOf(row),
      this.lanes.loads(),
      this.housekeeping.slots(row.job_class),
    ]);
    const own = lanes.find((lane) => lane.id === row.lane_id);
    if (!own) return null;
    const others = lanes.filter((lane) => lane !== own);
    const { position, startsInSeconds } = estimateStart(own, ahead, others, slots);
    return {
      position,
      estimatedStartAt: startsInSeconds === null ? null : new Date(Date.now() + startsInSeconds * 1_000),
    };
  }

  /**
   * Ends a job that waits or runs: at once in the tables, within a second in its handlers. A job that has ended stays as
   * it is.
   *
   * @throws JobNotFoundError
   */
  async cancel(id: string, tenant: string): Promise<JobInfo> {
    const { lane_id: laneId } = await this.owned(id, tenant);
    const { job, ended } = await this.lanes.transaction(async (tx) => {
      const before = await this.lanes.lock(tx, laneId);
      const row = (await this.jobs.find(id, tx))!;
      if (row.state !== 'waiting' && row.state !== 'running') return { job: toJobInfo(row), ended: false };
      const dropped = await this.slices.dropAll(tx, id);
      await this.jobs.end(tx, id, 'cancelled', null, this.kinds.ttlHoursOf(row.kind));
      await this.lanes.save(tx, before, drop(before, dropped), row.state === 'waiting' ? -1 : 0);
      return { job: await this.changed(tx, id), ended: true };
    });
    if (ended) {
      this.signals.cancelled(id);
      reportEnd(job);
    }
    return job;
  }

  /**
   * Lets a job that failed, was parked or cancelled go on from its checkpoints.
   *
   * @throws JobNotFoundError, JobNotRetryableError
   */
  async retry(id: string, tenant: string): Promise<JobInfo> {
    const { lane_id: laneId } = await this.owned(id, tenant);
    const job = await this.lanes.transaction(async (tx) => {
      const before = await this.lanes.lock(tx, laneId);
      const { state } = toJobInfo((await this.jobs.find(id, tx))!);
      if (state !== 'failed' && state !== 'parked' && state !== 'cancelled') throw new JobNotRetryableError(id, state);
      const ready = await this.slices.reviveAll(tx, id);
      await this.jobs.reopen(tx, id);
      await this.lanes.save(tx, before, add(before, ready), 1);
      return this.changed(tx, id);
    });
    log.info('job goes on', fieldsOf(job, 'job-retried'));
    this.wake();
    return job;
  }

  /** Changes the share of a tenant: twice the weight, twice the work while others wait. `cap` limits it absolutely. */
  async setShare(tenant: string, jobClass: JobClass, share: { weight?: number; cap?: number }): Promise<void> {
    const { weight, cap } = share;
    if (weight !== undefined && !(weight > 0 && weight <= 1_000)) throw new RangeError('weight: above 0, at most 1000');
    if (cap !== undefined && !(Number.isInteger(cap) && cap >= 0)) throw new RangeError('cap: a whole number from 0');
    await this.lanes.transaction(async (tx) => {
      const before = await this.lanes.lockOwned(tx, tenant, jobClass, this.cap);
      await this.lanes.save(tx, before, {
        ...before,
        ...(weight !== undefined && { weight }),
        ...(cap !== undefined && { cap }),
      });
    });
    this.wake();
  }

  private async store(
    tx: SqlExecutor,
    kind: AnyJobKind,
    wish: SubmitJob,
    specs: readonly SliceSpec[],
  ): Promise<SubmittedJob> {
    const { id, tenant, idempotencyKey, bodyHash = null } = wish;
    const key = idempotencyKey === undefined ? undefined : { tenant, idempotencyKey, id };
    const holder = key && (await this.keys.take(tx, key, KEY_HOLD_SECONDS));
    if (holder && !holder.used && holder.jobId !== id) throw new IdempotencyInFlightError();
    if (holder?.used) return this.replay(tx, holder.jobId, wish);
    const before = await this.lanes.lockOwned(tx, tenant, kind.class, this.cap);
    const { traceparent, requestId } = traceOf();
    const added = await this.jobs.add(tx, {
      id,
      tenant,
      kind: kind.name,
      jobClass: kind.class,
      laneId: before.id,
      paramsJson: JSON.stringify(wish.params),
      bodyHash,
      idempotencyKey: idempotencyKey ?? null,
      slices: specs.length,
      bytes: sum(specs.map((spec) => spec.bytes)),
      units: sum(specs.map((spec) => spec.units)),
      traceparent,
      requestId,
      receivedAt: wish.receivedAt ?? null,
    });
    if (!added) return this.replay(tx, id, wish);
    const ready = await this.slices.addAll(tx, id, before.id, specs);
    await this.lanes.save(tx, before, add(before, ready), 1);
    if (key) await this.keys.use(tx, key);
    return { job: await this.changed(tx, id), replayed: false };
  }

  private async replay(tx: SqlExecutor, id: string, { tenant, kind, bodyHash }: SubmitJob): Promise<SubmittedJob> {
    const row = await this.jobs.find(id, tx);
    if (row?.tenant !== tenant || row.kind !== kind || row.body_hash !== (bodyHash ?? null)) {
      throw new IdempotencyMismatchError();
    }
    return { job: toJobInfo(row), replayed: true };
  }

  private async owned(id: string, tenant: string): Promise<JobRow> {
    const row = await this.jobs.findOwned(id, tenant);
    if (!row) throw new JobNotFoundError(id);
    return row;
  }

  private async changed(tx: SqlExecutor, id: string): Promise<JobInfo> {
    const job = toJobInfo((await this.jobs.find(id, tx))!);
    await this.observer.changed?.(tx, job);
    return job;
  }
}

function checked(kind: AnyJobKind, params: unknown): unknown {
  assertFits('params', params as Json);
  const result = kind.input.safeParse(params);
  if (result.success) return result.data;
  const fields = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new InvalidJobError(kind.name, fields);
}

function assertSlices(kind: AnyJobKind, specs: readonly SliceSpec[]): void {
  if (specs.some((spec, index) => spec.index !== index)) {
    throw new Error(`the slices of ${kind.name} are not numbered 0, 1, 2, …`);
  }
}

function traceOf(): { traceparent: string; requestId: string } {
  const context = currentContext() ?? newContext();
  return { traceparent: traceparentOf(context), requestId: context.requestId };
}

function sum(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}
