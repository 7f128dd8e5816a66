import { vi } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '#libs/config';
import { uuidv7 } from '#libs/kernel';
import type { Broadcasts } from '#libs/messaging';
import { createDataSource, databaseConfigSchema, Databases, TransactionRunner } from '#libs/persistence';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { Claims, type Claim } from '../../src/claims.service.js';
import { HousekeepingRepository } from '../../src/housekeeping.repository.js';
import {
  JOB_CLASSES,
  JOB_ENTITIES,
  JOB_TABLES_SQL,
  Jobs,
  type JobClass,
  type JobKind,
  type JobObserver,
  type Json,
  type SubmitJob,
} from '../../src/index.js';
import { JobHousekeeper } from '../../src/job-housekeeper.service.js';
import { JobKinds, type AnyJobKind } from '../../src/job-kinds.js';
import { JobSignals } from '../../src/job-signals.service.js';
import { JobWorker } from '../../src/job-worker.service.js';
import { JobRepository } from '../../src/job.repository.js';
import { KeyRepository } from '../../src/key.repository.js';
import { LeaseKeeper } from '../../src/lease-keeper.js';
import { LaneRepository } from '../../src/lane.repository.js';
import { SliceRepository } from '../../src/slice.repository.js';
import { SliceRunner } from '../../src/slice-runner.service.js';

/** Shortest lease that is allowed: tests of take-overs wait for it. */
export const LEASE_MS = 500;

export const CLAIMANT = { worker: 'by-hand', leaseMs: 60_000 };

const TABLES = ['job', 'job_slice', 'job_lane', 'job_key', 'job_worker'];

/** A schema for jobs that several processes share. */
export class JobRig {
  private readonly processes: JobProcess[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly databases: Databases,
  ) {}

  static async start(name: string, poolSize = 8): Promise<JobRig> {
    vi.stubEnv('MIRANTE_JOB_LEASE_MS', String(LEASE_MS));
    vi.stubEnv('MIRANTE_JOB_POLL_MS', '200');
    const database = await createTestDatabase(name);
    const config = loadConfig(databaseConfigSchema, database.env);
    const pool = () => createDataSource(config, { entities: JOB_ENTITIES }, poolSize);
    const databases = new Databases(pool(), pool(), config.MIRANTE_MYSQL_DIALECT);
    await databases.onModuleInit();
    for (const sql of JOB_TABLES_SQL) await database.query(sql);
    return new JobRig(database, databases);
  }

  /** What one process of a service has. Nothing runs before `run`. */
  process(kinds: readonly AnyJobKind[], observer: JobObserver = {}, slots = 2): JobProcess {
    vi.stubEnv('MIRANTE_JOB_SLOTS', String(slots));
    const process = new JobProcess(new TransactionRunner(this.databases), kinds, observer);
    this.processes.push(process);
    return process;
  }

  /** Counters of the lanes, by tenant. */
  async lanes() {
    return this.database.query<{ tenant: string; ready: number; running: number; waiting_jobs: number; vtime: number }>(
      'SELECT tenant, ready, running, waiting_jobs, vtime FROM job_lane ORDER BY tenant',
    );
  }

  /** Lets all leases and pauses be over. */
  async passTime(): Promise<void> {
    await this.database.query('UPDATE job_slice SET lease_until = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE state = ?', ['running']); // prettier-ignore
    await this.database.query('UPDATE job_slice SET run_at = UTC_TIMESTAMP(6) WHERE state = ?', ['delayed']);
  }

  /** Stops all processes and forgets all jobs. */
  async reset(): Promise<void> {
    await Promise.all(this.processes.splice(0).map((process) => process.stop()));
    for (const table of TABLES) await this.database.query(`DELETE FROM ${table}`);
  }

  async drop(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.stop()));
    await this.databases.onApplicationShutdown();
    await this.database.drop();
    vi.unstubAllEnvs();
  }
}

/** The classes of one process, put together as the module does. The broker is away: only what polls is heard. */
export class JobProcess {
  readonly jobs: Jobs;
  readonly claims: Claims;
  readonly lanes: LaneRepository;
  readonly slices: SliceRepository;
  readonly housekeeper: JobHousekeeper;
  readonly worker: JobWorker;
  private readonly runner: SliceRunner;
  private running = false;

  constructor(
    readonly transactions: TransactionRunner,
    kinds: readonly AnyJobKind[],
    observer: JobObserver,
  ) {
    const registry = new JobKinds();
    kinds.forEach((kind) => registry.add(kind));
    const broadcasts = { listen: () => undefined, send: () => false } as unknown as Broadcasts;
    const signals = new JobSignals(broadcasts, 'test');
    this.lanes = new LaneRepository(transactions);
    this.slices = new SliceRepository(transactions);
    const jobs = new JobRepository(transactions);
    const keys = new KeyRepository(transactions);
    const housekeeping = new HousekeepingRepository(transactions);
    this.claims = new Claims(this.lanes, this.slices, jobs, registry, observer);
    this.runner = new SliceRunner(registry, this.claims, this.slices);
    this.jobs = new Jobs(this.lanes, this.slices, jobs, keys, housekeeping, registry, signals, observer);
    this.worker = new JobWorker(this.claims, this.runner, jobs, housekeeping, this.slices, signals, observer);
    this.housekeeper = new JobHousekeeper(housekeeping, this.claims, this.lanes, jobs, keys, signals, observer); // prettier-ignore
  }

  run(): this {
    this.running = true;
    this.worker.onApplicationBootstrap();
    this.housekeeper.onApplicationBootstrap();
    return this;
  }

  async stop(): Promise<void> {
    if (!this.running) return;
    this.running = false;
    await Promise.all([this.worker.beforeApplicationShutdown(), this.housekeeper.beforeApplicationShutdown()]);
  }

  /** Takes a slice by hand, as a worker that does nothing with it. */
  async take(classes: readonly JobClass[] = JOB_CLASSES, modestOnly = false): Promise<Claim | undefined> {
    for (;;) {
      const look = await this.claims.claim({ classes, modestOnly }, CLAIMANT);
      if (look !== 'again') return look;
    }
  }

  /** Does what is ready with the handlers of the kinds, one slice after the other. */
  async finishAll(): Promise<void> {
    const keeper = new LeaseKeeper(this.slices, CLAIMANT.leaseMs, () => undefined);
    for (let claim = await this.take(); claim; claim = await this.take()) {
      let next: Claim | undefined = claim;
      while (next) next = await this.runner.run(keeper.hold(next), CLAIMANT, () => undefined);
    }
  }

  /** Stores a job of a new id. */
  async submit(kind: string, params: Json = {}, overrides: Partial<SubmitJob> = {}) {
    const { job } = await this.jobs.submit(undefined, { id: uuidv7(), tenant: 't', kind, params, ...overrides });
    return job;
  }
}

export interface CountParams {
  slices: number;
}

/** Adds up the numbers of its slices; what a slice does is up to the test. */
export class CountKind implements JobKind<CountParams, number, number> {
  readonly name: string = 'count';
  readonly class: 'short' | 'long' = 'long';
  readonly input = z.object({ slices: z.int().default(1) });
  readonly maxAttempts: number = 3;
  readonly maxLostLeases: number = 5;
  readonly resultTtlHours: number = 1;
  readonly ran: number[] = [];
  work: (slice: Parameters<JobKind<CountParams, number>['run']>[0]) => Promise<void> | void = () => undefined;

  constructor(overrides: Partial<Pick<CountKind, 'name' | 'class' | 'maxAttempts' | 'maxLostLeases' | 'resultTtlHours' | 'work'>> = {}) {
    Object.assign(this, overrides);
  } // prettier-ignore

  async slices({ slices }: CountParams) {
    return Array.from({ length: slices }, (_, index) => ({ index, bytes: 10, units: 1, payload: index + 1 }));
  }

  async run(context: Parameters<JobKind<CountParams, number>['run']>[0]): Promise<number> {
    this.ran.push(context.slice.index);
    await this.work(context);
    return context.slice.payload;
  }

  async finish(_job: unknown, results: number[]) {
    return { result: { sum: results.reduce((sum, value) => sum + value, 0), order: results } };
  }
}
