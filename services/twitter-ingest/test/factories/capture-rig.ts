import { vi } from 'vitest';
import { loadConfig } from '#libs/config';
import { uuidv7 } from '#libs/kernel';
import { Outbox, type OutboxRelay } from '#libs/messaging';
import { Databases, TransactionRunner, createDataSource, databaseConfigSchema, runMigrations } from '#libs/persistence';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { CaptureDrivers } from '../../src/captures/capture-drivers.js';
import { CaptureObserver } from '../../src/captures/capture-observer.service.js';
import { CapturePartRepository } from '../../src/captures/capture-part.repository.js';
import { CapturePosts } from '../../src/captures/capture-posts.service.js';
import { CaptureSink } from '../../src/captures/capture-sink.service.js';
import { CaptureStepRunner } from '../../src/captures/capture-step.runner.js';
import { CaptureWorker } from '../../src/captures/capture-worker.service.js';
import { CaptureRepository } from '../../src/captures/capture.repository.js';
import { CapturesService } from '../../src/captures/captures.service.js';
import { FollowedPartRepository } from '../../src/captures/followed-part.repository.js';
import type { CapturePart, SourceDriver, StepResult, StreamDriver } from '../../src/captures/source-driver.js';
import { StreamKeeper } from '../../src/captures/stream-keeper.service.js';
import { StreamLeadRepository } from '../../src/captures/stream-lead.repository.js';
import { StreamSink } from '../../src/captures/stream-sink.service.js';
import { SCHEMA } from '../../src/data-source.js';
import { AuthorRepository } from '../../src/posts/author.repository.js';
import { PostStore } from '../../src/posts/post-store.service.js';
import { PostRepository } from '../../src/posts/post.repository.js';
import { TagRepository } from '../../src/posts/tag.repository.js';

/** Shortest lease the configuration allows: tests of take-overs wait for it. */
export const LEASE_SECONDS = 2;

/** A schema for captures that several processes share. */
export class CaptureRig {
  private readonly processes: CaptureProcess[] = [];

  private constructor(
    readonly database: TestDatabase,
    private readonly databases: Databases,
  ) {}

  static async start(name: string): Promise<CaptureRig> {
    vi.stubEnv('MIRANTE_CAPTURE_LEASE_SECONDS', String(LEASE_SECONDS));
    const database = await createTestDatabase(name);
    const config = loadConfig(databaseConfigSchema, database.env);
    const pool = () => createDataSource(config, SCHEMA, 8);
    const databases = new Databases(pool(), pool(), config.MIRANTE_MYSQL_DIALECT);
    await databases.onModuleInit();
    await runMigrations(databases.api);
    return new CaptureRig(database, databases);
  }

  /** What one process of the service has. Nothing runs before `run`. */
  process(sources: (SourceDriver | null)[], streams: (StreamDriver | null)[] = []): CaptureProcess {
    const process = new CaptureProcess(new TransactionRunner(this.databases), sources, streams);
    this.processes.push(process);
    return process;
  }

  /** Stops all processes and forgets everything that was captured. */
  async reset(): Promise<void> {
    await Promise.all(this.processes.splice(0).map((process) => process.stop()));
    for (const table of ['capture_gap', 'capture_part', 'capture', 'stream_lead', 'post_tag', 'post', 'post_tombstone', 'author', 'outbox']) {
      await this.database.query(`DELETE FROM ${table}`);
    } // prettier-ignore
  }

  async drop(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.stop()));
    await this.databases.onApplicationShutdown();
    await this.database.drop();
    vi.unstubAllEnvs();
  }

  /** Ids of the posts that are stored and alive, sorted. */
  async storedIds(): Promise<string[]> {
    const rows = await this.database.query<{ ext_id: string }>('SELECT ext_id FROM post WHERE deleted_at IS NULL ORDER BY ext_id'); // prettier-ignore
    return rows.map((row) => row.ext_id);
  }
}

/** The classes of one process, put together as the module does. */
export class CaptureProcess {
  readonly captures: CapturesService;
  readonly worker: CaptureWorker;
  readonly keeper: StreamKeeper;
  readonly observer: CaptureObserver;
  readonly parts: CapturePartRepository;
  readonly runner: CaptureStepRunner;
  private running = false;

  constructor(
    readonly transactions: TransactionRunner,
    sources: (SourceDriver | null)[],
    streams: (StreamDriver | null)[],
  ) {
    const drivers = new CaptureDrivers(sources, streams);
    const repository = new CaptureRepository(transactions);
    const postRows = new PostRepository();
    const tags = new TagRepository(transactions);
    const posts = new CapturePosts(new PostStore(new AuthorRepository(), postRows, tags), postRows, tags, new Outbox());
    // Publishing has tests of its own; here the events only have to be in the outbox.
    const relay = { poke: () => undefined } as unknown as OutboxRelay;
    const leads = new StreamLeadRepository(transactions);
    this.parts = new CapturePartRepository(transactions);
    const followed = new FollowedPartRepository(transactions);
    this.runner = new CaptureStepRunner(
      drivers,
      this.parts,
      new CaptureSink(transactions, this.parts, followed, posts, relay),
    );
    this.worker = new CaptureWorker(drivers, this.parts, this.runner);
    this.keeper = new StreamKeeper(drivers, followed, leads, new StreamSink(transactions, followed, leads, posts, relay)); // prettier-ignore
    this.captures = new CapturesService(repository, drivers, this.worker);
    this.observer = new CaptureObserver(repository, drivers);
  }

  run(): this {
    this.running = true;
    this.worker.onApplicationBootstrap();
    this.keeper.onApplicationBootstrap();
    return this;
  }

  async stop(): Promise<void> {
    if (!this.running) return;
    this.running = false;
    await Promise.all([this.worker.beforeApplicationShutdown(), this.keeper.beforeApplicationShutdown()]);
  }

  /** Starts a capture of a new id. */
  start(overrides: Partial<Parameters<CapturesService['start']>[0]> = {}) {
    return this.captures.start({ id: uuidv7(), tenant: 't', tag: 'tag', sources: ['mastodon'], mode: 'follow', ...overrides }); // prettier-ignore
  }
}

export type Step = (part: CapturePart, stop: AbortSignal) => Promise<StepResult> | StepResult;

/** A source that does what the test says: the next step of the script, then `otherwise`. */
export class ScriptedDriver implements SourceDriver {
  readonly source;
  readonly storedAs;
  readonly script: Step[] = [];
  readonly asked: CapturePart[] = [];
  otherwise: Step = () => stepResult();
  targetList: string[] = [''];
  estimate: SourceDriver['estimate'] = () =>
    Promise.resolve({ posts: null, worst_case_usd: 0, per_day_usd: 0, note: null });

  constructor(options: { source?: SourceDriver['source']; storedAs?: SourceDriver['storedAs'] } = {}) {
    this.source = options.source ?? 'mastodon';
    this.storedAs = options.storedAs ?? this.source;
  }

  targets(): readonly string[] {
    return this.targetList;
  }

  async step(part: CapturePart, stop: AbortSignal): Promise<StepResult> {
    this.asked.push(part);
    return (this.script.shift() ?? this.otherwise)(part, stop);
  }
}

/** A step that found nothing; the next one is due in an hour. */
export function stepResult(overrides: Partial<StepResult> = {}): StepResult {
  return {
    posts: [],
    deletions: [],
    errors: [],
    checkpoint: { page: 0 },
    phase: 'follow',
    nextAfterMs: 3_600_000,
    gaps: [],
    requests: 1,
    seenUpTo: null,
    ...overrides,
  };
}
