import 'reflect-metadata';
import { Injectable, Module, type INestMicroservice } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { uuidv7 } from '#libs/kernel';
import { AmqpServer, Broadcasts, MessagingModule } from '#libs/messaging';
import { PersistenceModule } from '#libs/persistence';
import { createTestDatabase, createTestVhost, eventually, type TestDatabase, type TestVhost } from '#libs/testing';
import { JOB_ENTITIES, JOB_TABLES_SQL, Jobs, JobsModule, type JobInfo, type JobObserver } from '../src/index.js';
import { CountKind } from './support/job-rig.js';

/** Hears of changes, and itself needs the jobs: providers of a service may. */
@Injectable()
class Ledger implements JobObserver {
  readonly states: string[] = [];

  constructor(readonly jobs: Jobs) {}

  async changed(_tx: unknown, { state }: JobInfo): Promise<void> {
    this.states.push(state);
  }
}

@Injectable()
class PatientKind extends CountKind {
  readonly reasons: unknown[] = [];

  constructor() {
    super({ name: 'patient' });
    this.work = ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          this.reasons.push((signal.reason as { reason: string }).reason);
          reject(new Error('interrupted'));
        });
      });
  }
}

@Module({
  imports: [
    PersistenceModule.forService({ entities: JOB_ENTITIES }),
    MessagingModule.forService({ service: 'wake-up' }),
    JobsModule.forService({ service: 'wake-up', kinds: [CountKind, PatientKind], observer: Ledger }),
  ],
  providers: [{ provide: CountKind, useFactory: () => new CountKind() }, PatientKind, Ledger],
})
class TestServiceModule {}

/** Longer than any test: who is served before was woken. */
const NEVER_MS = 60_000;

describe('waking workers', () => {
  let database: TestDatabase;
  let vhost: TestVhost;
  const apps: INestMicroservice[] = [];

  beforeAll(async () => {
    database = await createTestDatabase('wakeup');
    vhost = await createTestVhost();
    for (const sql of JOB_TABLES_SQL) await database.query(sql);
    for (const [name, value] of Object.entries(database.env)) vi.stubEnv(name, value);
    vi.stubEnv('MIRANTE_AMQP_URL', vhost.amqpUrl);
  });

  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
  });

  afterAll(async () => {
    await vhost?.delete();
    await database?.drop();
    vi.unstubAllEnvs();
  });

  const start = async (slots: number, pollMs = NEVER_MS) => {
    vi.stubEnv('MIRANTE_JOB_SLOTS', String(slots));
    vi.stubEnv('MIRANTE_JOB_POLL_MS', String(pollMs));
    const module = await Test.createTestingModule({ imports: [TestServiceModule] }).compile();
    const app = module.createNestMicroservice({ strategy: module.get(AmqpServer), logger: false });
    apps.push(app);
    await app.listen();
    return module;
  };
  const submit = async (jobs: Jobs, kind = 'count') =>
    (await jobs.submit(undefined, { id: uuidv7(), tenant: 't', kind, params: {} })).job.id;
  const ended = (jobs: Jobs, id: string) =>
    eventually(async () => expect(await jobs.get(id, 't')).toMatchObject({ state: 'done', result: { sum: 1 } }), {
      timeoutMs: 20_000,
    });
  /** Queues that hear the broadcasts. */
  const listeners = () =>
    vhost.management<{ destination: string }[]>('GET', 'exchanges/{vhost}/broadcasts/bindings/source'); // prettier-ignore

  it('should wake an idle worker in another process for new work and for cancellations', async () => {
    const asking = await start(0);
    const working = await start(1);
    const jobs = asking.get(Jobs);
    await ended(jobs, await submit(jobs));
    const patient = working.get(PatientKind);
    const id = await submit(jobs, 'patient');
    await eventually(() => expect(patient.ran).toHaveLength(1));
    await jobs.cancel(id, 't');
    await eventually(() => expect(patient.reasons).toEqual(['cancelled']));
    await ended(jobs, await submit(jobs));
    // Each process announces what it does itself.
    expect(asking.get(Ledger).states).toEqual(['waiting', 'waiting', 'cancelled', 'waiting']);
    expect(working.get(Ledger).states).toEqual(['running', 'done', 'running', 'running', 'done']);
    expect(asking.get(CountKind).ran).toEqual([]);
  });

  it('should find work by itself when nothing tells it, and stop what was cancelled', async () => {
    const asking = await start(0);
    const working = await start(1, 300);
    const withheld = vi.spyOn(asking.get(Broadcasts), 'send').mockReturnValue(true);
    const jobs = asking.get(Jobs);
    await ended(jobs, await submit(jobs));
    const patient = working.get(PatientKind);
    const id = await submit(jobs, 'patient');
    await eventually(() => expect(patient.ran).toHaveLength(1));
    await jobs.cancel(id, 't');
    await eventually(() => expect(patient.reasons).toEqual(['cancelled']));
    expect(withheld.mock.calls.map(([, signal]) => signal)).toEqual([
      { type: 'ready' },
      { type: 'ready' },
      { type: 'cancelled', job: id },
    ]);
  });

  it('should hear again after its connection was cut', async () => {
    const asking = await start(0);
    await start(1);
    const jobs = asking.get(Jobs);
    const before = await listeners();
    expect(before).toHaveLength(2);
    await eventually(async () => {
      const open = await vhost.management<{ name: string }[]>('GET', 'vhosts/{vhost}/connections');
      expect(open.length).toBeGreaterThanOrEqual(2);
      for (const { name } of open) await vhost.management('DELETE', `connections/${encodeURIComponent(name)}`);
    });
    await eventually(
      async () => {
        const now = (await listeners()).map(({ destination }) => destination);
        expect(now).toHaveLength(2);
        expect(before.some(({ destination }) => now.includes(destination))).toBe(false);
      },
      { timeoutMs: 15_000 },
    );
    await ended(jobs, await submit(jobs));
  });
});
