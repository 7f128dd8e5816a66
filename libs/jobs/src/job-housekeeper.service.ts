import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { messageOf, sleep } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import { DatabaseUnavailableError } from '#libs/persistence';
import { Claims } from './claims.service.js';
import { HousekeepingRepository } from './housekeeping.repository.js';
import { fieldsOf, reportEnd } from './job-log.js';
import { JOB_OBSERVER, type JobObserver } from './job-observer.js';
import { toJobInfo, type JobRow } from './job-row.js';
import { JobSignals } from './job-signals.service.js';
import { JobRepository } from './job.repository.js';
import { JOB_CLASSES } from './job.types.js';
import { jobsConfigSchema } from './jobs.config.js';
import { laneCorrections, oldestWaiting, openJobs } from './jobs.metrics.js';
import { KeyRepository } from './key.repository.js';
import { LaneRepository } from './lane.repository.js';
import { add } from './scheduler.domain.js';

const log = createLogger('JobHousekeeper');

const TICK_MS = 500;
/** After the database was away the living renew their leases first; they look every 0.4 s. */
const LENIENCE_MS = 2_000;
/** Every so many ticks. */
const COUNT_EVERY = 10;
const EXPIRE_EVERY = 10;
const RECOUNT_EVERY = 60;
const CLEAN_EVERY = 600;

/** Does what no worker does by the way: lost leases, ended pauses, expired results, counters. Every process may. */
@Injectable()
export class JobHousekeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly keepDays = loadConfig(jobsConfigSchema).MIRANTE_JOB_KEEP_DAYS;
  private readonly stop = new AbortController();
  private loop: Promise<void> = Promise.resolve();
  private lenientUntil = 0;

  constructor(
    private readonly housekeeping: HousekeepingRepository,
    private readonly claims: Claims,
    private readonly lanes: LaneRepository,
    private readonly jobs: JobRepository,
    private readonly keys: KeyRepository,
    private readonly signals: JobSignals,
    @Inject(JOB_OBSERVER) private readonly observer: JobObserver,
  ) {}

  onApplicationBootstrap(): void {
    this.loop = this.keepTidy();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await this.loop;
  }

  /** Slices whose worker has gone silent may be taken again. */
  async returnLostSlices(): Promise<void> {
    let ready = 0;
    for (const { id, laneId } of await this.housekeeping.lostSlices()) {
      try {
        const ended = await this.claims.takeBack(id, laneId);
        if (ended === 'ready') ready++;
        else if (ended) reportEnd(ended);
        if (ended) log.warn('the worker of a slice has gone silent', { labels: { slice_id: id } });
      } catch (error) {
        if (error instanceof DatabaseUnavailableError) throw error;
        // The others must not wait for it.
        log.error('a slice could not be taken back', { labels: { slice_id: id } }, error);
      }
    }
    if (ready > 0) this.signals.ready();
  }

  /** Slices whose pause is over may be taken again. */
  async returnDueSlices(): Promise<void> {
    let ready = 0;
    for (const laneId of await this.housekeeping.dueLanes()) {
      ready += await this.lanes.transaction(async (tx) => {
        const before = await this.lanes.lock(tx, laneId);
        const due = await this.housekeeping.promote(tx, laneId);
        if (due > 0) await this.lanes.save(tx, before, add(before, due));
        return due;
      });
    }
    if (ready > 0) this.signals.ready();
  }

  /** Results whose time is over: files first, then the job forgets them. */
  async expireJobs(): Promise<void> {
    for (const row of await this.housekeeping.expiredJobs()) {
      try {
        await this.expire(row);
      } catch (error) {
        log.warn(`a job could not be expired: ${messageOf(error)}`, { labels: { job_id: row.id } });
      }
    }
  }

  /** Counters of lanes that do not agree with the rows they count. */
  async recountLanes(): Promise<void> {
    for (const id of await this.housekeeping.busyLanes()) {
      const corrected = await this.lanes.transaction(async (tx) =>
        this.lanes.recount(tx, await this.lanes.lock(tx, id)),
      );
      if (!corrected) continue;
      laneCorrections.inc();
      log.warn('the counters of a lane were wrong', { labels: { lane_id: id } });
    }
  }

  async countJobs(): Promise<void> {
    const [waiting, running] = await Promise.all([this.jobs.waiting(), this.jobs.running()]);
    for (const name of JOB_CLASSES) {
      const waits = waiting.find((row) => row.job_class === name);
      const runs = running.find((row) => row.job_class === name);
      openJobs.set({ class: name, state: 'waiting' }, Number(waits?.n ?? 0));
      openJobs.set({ class: name, state: 'running' }, runs?.n ?? 0);
      oldestWaiting.set({ class: name }, Math.max(0, Number(waits?.oldest ?? 0)));
    }
  }

  private async expire(row: JobRow): Promise<void> {
    const job = toJobInfo(row);
    if (job.blob && (await this.housekeeping.isBlobShared(job.blob.ref, job.id))) job.blob = null;
    await this.observer.expired?.(job);
    const expired = await this.lanes.transaction(async (tx) => {
      await this.lanes.lock(tx, row.lane_id);
      if (!(await this.housekeeping.expire(tx, row))) return false;
      await this.observer.changed?.(tx, { ...job, blob: null });
      return true;
    });
    if (expired) log.info('job expired', fieldsOf(job, 'job-expired', 'success'));
  }

  private async keepTidy(): Promise<void> {
    for (let tick = 0; !this.stop.signal.aborted; tick++) {
      try {
        if (performance.now() > this.lenientUntil) await this.returnLostSlices();
        await this.returnDueSlices();
        if (tick % COUNT_EVERY === 0) await this.countJobs();
        if (tick % EXPIRE_EVERY === 0) await this.expireJobs();
        if (tick % RECOUNT_EVERY === RECOUNT_EVERY - 1) await this.recountLanes();
        if (tick % CLEAN_EVERY === CLEAN_EVERY - 1) await this.clean();
      } catch (error) {
        if (error instanceof DatabaseUnavailableError) this.lenientUntil = performance.now() + LENIENCE_MS;
        log.warn(`jobs could not be tidied: ${messageOf(error)}`);
      }
      await sleep(TICK_MS, this.stop.signal);
    }
  }

  private async clean(): Promise<void> {
    await this.keys.deleteStale();
    await this.housekeeping.deleteOld(this.keepDays);
    await this.housekeeping.deleteSilentWorkers();
  }
}
