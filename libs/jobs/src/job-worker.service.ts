import { hostname } from 'node:os';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { messageOf, sleep, uuidv7 } from '#libs/kernel';
import { contextFromHeaders, createLogger, runInContext } from '#libs/observability';
import { Claims, type Claim, type Look } from './claims.service.js';
import { HousekeepingRepository } from './housekeeping.repository.js';
import { JOB_OBSERVER, type JobObserver } from './job-observer.js';
import { toJobInfo } from './job-row.js';
import { JobSignals } from './job-signals.service.js';
import { JobRepository } from './job.repository.js';
import { JOB_CLASSES, type JobClass } from './job.types.js';
import { jobsConfigSchema } from './jobs.config.js';
import { busySlots, jobClaimSeconds } from './jobs.metrics.js';
import { LeaseKeeper } from './lease-keeper.js';
import { openingFor, type BusySlots, type Opening, type SlotKind } from './scheduler.domain.js';
import { SliceRepository } from './slice.repository.js';
import { SliceRunner } from './slice-runner.service.js';

const log = createLogger('JobWorker');

/** Slices under way when the process is to end may take so long to end by themselves. */
const FINISH_MS = 2_000;

/** Others count the slots of a process that said so within 15 s. */
const PRESENCE_MS = 5_000;

/** Takes slices as long as there are free slots, for as long as the process lives. */
@Injectable()
export class JobWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly config = loadConfig(jobsConfigSchema);
  private readonly claimant = {
    worker: `${hostname().slice(0, 20)}-${process.pid}-${uuidv7().slice(-6)}`,
    leaseMs: this.config.MIRANTE_JOB_LEASE_MS,
  };
  private readonly keeper: LeaseKeeper;
  private readonly running: Record<JobClass, number> = { short: 0, long: 0 };
  private readonly busy: BusySlots = { open: 0, kept: 0 };
  private readonly underWay = new Set<Promise<void>>();
  private readonly stop = new AbortController();
  /** Leases are kept until the last slice has ended, so after `stop`. */
  private readonly ended = new AbortController();
  private wake = new AbortController();
  private loops: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly claims: Claims,
    private readonly runner: SliceRunner,
    private readonly jobs: JobRepository,
    private readonly housekeeping: HousekeepingRepository,
    slices: SliceRepository,
    private readonly signals: JobSignals,
    @Inject(JOB_OBSERVER) private readonly observer: JobObserver,
  ) {
    this.keeper = new LeaseKeeper(slices, this.claimant.leaseMs, (claim) => void this.tellProgress(claim));
    signals.listen((signal) => {
      if (signal.type === 'cancelled') this.keeper.stopJob(signal.job);
      this.wake.abort();
    });
  }

  onApplicationBootstrap(): void {
    if (this.config.MIRANTE_JOB_SLOTS === 0) return;
    this.loops = Promise.all([this.takeSlices(), this.keeper.run(this.ended.signal), this.bePresent()]);
  }

  /** Lets slices that are nearly done end, and gives the others back, so that another process goes on at once. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    this.wake.abort();
    await Promise.race([Promise.all(this.underWay), sleep(FINISH_MS)]);
    this.keeper.stopAll();
    await Promise.all(this.underWay);
    this.signals.ready();
    this.ended.abort();
    await this.loops;
    if (this.config.MIRANTE_JOB_SLOTS > 0) await this.housekeeping.gone(this.claimant.worker).catch(() => undefined);
  }

  private async takeSlices(): Promise<void> {
    while (!this.stop.signal.aborted) {
      this.wake = new AbortController();
      const { signal } = this.wake;
      const opening = openingFor(this.config.MIRANTE_JOB_SLOTS, this.busy);
      const look = opening ? await this.look(opening) : undefined;
      if (look === 'again') continue;
      if (opening && look) this.begin(look, opening.slot);
      else await sleep(this.config.MIRANTE_JOB_POLL_MS, signal);
    }
  }

  private async look(opening: Opening): Promise<Look> {
    const startedAt = performance.now();
    let outcome = 'error';
    try {
      const found = await this.claims.claim(opening, this.claimant);
      outcome = found === undefined ? 'none' : found === 'again' ? 'again' : 'taken';
      return found;
    } catch (error) {
      log.warn(`no slice could be claimed: ${messageOf(error)}`);
      return undefined;
    } finally {
      jobClaimSeconds.observe({ outcome }, (performance.now() - startedAt) / 1_000);
    }
  }

  private begin(claim: Claim, slot: SlotKind): void {
    const done = this.work(claim, slot).finally(() => {
      this.underWay.delete(done);
      this.wake.abort();
    });
    this.underWay.add(done);
  }

  /** Works in the trace of the request that asked for the job. */
  private async work(first: Claim, slot: SlotKind): Promise<void> {
    const context = contextFromHeaders({ traceparent: first.traceparent, 'x-request-id': first.requestId });
    await runInContext(context, async () => {
      let claim: Claim | undefined = first;
      while (claim) {
        const leave = this.occupy(slot, claim.job.class);
        const held = this.keeper.hold(claim);
        // The next slice is claimed while the result of this one is stored, so that nothing waits for the database twice.
        claim = await this.runner.run(held, this.claimant, leave);
        leave();
        this.keeper.release(held);
      }
    });
  }

  /** @returns what makes the slot free again; called twice it does no more */
  private occupy(slot: SlotKind, jobClass: JobClass): () => void {
    this.busy[slot]++;
    this.count(jobClass, 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.busy[slot]--;
      this.count(jobClass, -1);
      this.wake.abort();
    };
  }

  private count(jobClass: JobClass, by: number): void {
    this.running[jobClass] += by;
    for (const name of JOB_CLASSES) busySlots.set({ class: name }, this.running[name]);
  }

  private async tellProgress({ job: { id }, traceparent, requestId }: Claim): Promise<void> {
    if (!this.observer.progressed) return;
    await runInContext(contextFromHeaders({ traceparent, 'x-request-id': requestId }), async () => {
      try {
        const row = await this.jobs.find(id);
        if (row?.state === 'running') await this.observer.progressed?.(toJobInfo(row));
      } catch (error) {
        log.warn(`progress of a job could not be told: ${messageOf(error)}`, { labels: { job_id: id } });
      }
    });
  }

  private async bePresent(): Promise<void> {
    while (!this.stop.signal.aborted) {
      try {
        await this.housekeeping.seen(this.claimant.worker, this.config.MIRANTE_JOB_SLOTS + 1);
      } catch (error) {
        log.warn(`the presence of this worker could not be stored: ${messageOf(error)}`);
      }
      await sleep(PRESENCE_MS, this.stop.signal);
    }
  }
}
