import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import type { JobInfo } from '../src/index.js';
import { JobWorker } from '../src/job-worker.service.js';
import { CountKind, JobRig, type JobProcess } from './support/job-rig.js';

describe(JobWorker.name, () => {
  let rig: JobRig;

  beforeAll(async () => {
    rig = await JobRig.start('workers', 16);
  });

  afterEach(() => rig.reset());

  afterAll(() => rig?.drop());

  const ended = async (sut: JobProcess, id: string, state: string, tenant = 't'): Promise<JobInfo> =>
    eventually(
      async () => {
        const job = await sut.jobs.get(id, tenant);
        expect(job.state).toBe(state);
        return job;
      },
      { timeoutMs: 15_000 },
    );

  /** Work that goes on until it is told to stop, or let go. */
  const waiting = (overrides: Partial<CountKind> = {}) => {
    const reasons: unknown[] = [];
    let letGo!: () => void;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const kind = new CountKind({
      ...overrides,
      work: ({ signal }) =>
        Promise.race([
          gate,
          new Promise<void>((_, reject) => {
            signal.addEventListener('abort', () => {
              reasons.push((signal.reason as { reason: string }).reason);
              reject(new Error('interrupted'));
            });
          }),
        ]),
    });
    return { kind, reasons, letGo };
  };

  it('should share the work between processes, each slice done by one of them', async () => {
    const kinds = [new CountKind(), new CountKind(), new CountKind()];
    const processes = kinds.map((kind) => rig.process([kind]).run());
    const jobs = await Promise.all(Array.from({ length: 12 }, () => processes[0]!.submit('count', { slices: 5 })));
    for (const { id } of jobs) expect(await ended(processes[0]!, id, 'done')).toMatchObject({ result: { sum: 15 }, failures: 0 }); // prettier-ignore
    expect(kinds.flatMap((kind) => kind.ran)).toHaveLength(60);
  });

  it('should keep one slot for short work while long work fills all others', async () => {
    const { kind, letGo } = waiting();
    const sut = rig.process([kind, new CountKind({ name: 'quick', class: 'short' })]).run();
    const long = await Promise.all([1, 2, 3].map(() => sut.submit('count', {}, { tenant: 'hog' })));
    await eventually(() => expect(kind.ran).toHaveLength(2));
    for (let n = 0; n < 3; n++) await ended(sut, (await sut.submit('quick')).id, 'done');
    expect(kind.ran).toHaveLength(2);
    expect(await rig.lanes()).toMatchObject([{ tenant: 'hog', running: 2, ready: 1 }, { tenant: 't' }]);
    letGo();
    for (const { id } of long) await ended(sut, id, 'done', 'hog');
  });

  it('should leave the kept slot to tenants of whom nothing is running, however much another has waiting', async () => {
    const { kind, letGo } = waiting({ class: 'short' });
    const sut = rig.process([kind, new CountKind({ name: 'quick', class: 'short' })]).run();
    const many = await Promise.all([1, 2, 3, 4].map(() => sut.submit('count', {}, { tenant: 'hog' })));
    await eventually(() => expect(kind.ran).toHaveLength(2));
    for (let n = 0; n < 3; n++) await ended(sut, (await sut.submit('quick')).id, 'done');
    expect(await rig.lanes()).toMatchObject([{ tenant: 'hog', running: 2, ready: 2 }, { tenant: 't' }]);
    letGo();
    for (const { id } of many) await ended(sut, id, 'done', 'hog');
  });

  it('should leave the kept slot to others while long work of a tenant runs and much short work waits', async () => {
    const { kind, letGo } = waiting();
    const urgent: string[] = [];
    const quick = new CountKind({
      name: 'quick',
      class: 'short',
      work: ({ job, isUrgent }) => void urgent.push(`${job.tenant} ${isUrgent}`),
    });
    const sut = rig.process([kind, quick]);
    const long = [await sut.submit('count', {}, { tenant: 'hog' }), await sut.submit('count', {}, { tenant: 'hog' })];
    const short: string[] = [];
    for (let n = 0; n < 9; n++) short.push((await sut.submit('quick', {}, { tenant: 'hog' })).id);
    sut.run();
    await eventually(() => expect(kind.ran).toHaveLength(2));
    // Some were done while a slot was still free.
    await eventually(async () => expect(await rig.lanes()).toMatchObject([{ running: 2 }, { running: 0 }]));
    const done = urgent.length;
    expect(done).toBeLessThan(7);
    for (let n = 0; n < 3; n++) await ended(sut, (await sut.submit('quick')).id, 'done');
    expect(urgent.slice(done)).toEqual(['t true', 't true', 't true']);
    for (const id of short.splice(done, 7 - done)) await sut.jobs.cancel(id, 'hog');
    for (const id of short) await ended(sut, id, 'done', 'hog');
    expect(urgent.slice(done + 3)).toEqual(['hog true', 'hog true']);
    expect(kind.ran).toHaveLength(2);
    letGo();
    for (const { id } of long) await ended(sut, id, 'done', 'hog');
  });

  it('should call short work urgent when nothing else of its tenant runs, and no other', async () => {
    const urgent: Record<string, boolean[]> = { hog: [], t: [] };
    let letGo!: () => void;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const kind = new CountKind({
      class: 'short',
      work: async ({ job, isUrgent }) => {
        urgent[job.tenant]!.push(isUrgent);
        if (job.tenant === 'hog') await gate;
      },
    });
    const sut = rig.process([kind]).run();
    const many = await Promise.all([1, 2, 3].map(() => sut.submit('count', {}, { tenant: 'hog' })));
    await eventually(() => expect(urgent['hog']).toEqual([true, false]));
    for (let n = 0; n < 2; n++) await ended(sut, (await sut.submit('count')).id, 'done');
    expect(urgent['t']).toEqual([true, true]);
    letGo();
    for (const { id } of many) await ended(sut, id, 'done', 'hog');
    const long: boolean[] = [];
    const other = rig
      .process([new CountKind({ name: 'slow', work: ({ isUrgent }) => void long.push(isUrgent) })])
      .run();
    await ended(other, (await other.submit('slow')).id, 'done');
    expect(long).toEqual([false]);
  });

  it('should never begin what was cancelled while it waited', async () => {
    const kind = new CountKind();
    const sut = rig.process([kind]);
    const { id } = await sut.submit('count', { slices: 4 });
    expect(await sut.jobs.cancel(id, 't')).toMatchObject({ state: 'cancelled', expiresAt: expect.any(Date) });
    sut.run();
    await ended(sut, (await sut.submit('count')).id, 'done');
    expect(kind.ran).toEqual([0]);
    expect(await sut.jobs.cancel(id, 't')).toMatchObject({ state: 'cancelled' });
    expect(await rig.lanes()).toMatchObject([{ ready: 0, running: 0, waiting_jobs: 0 }]);
  });

  it.each(['its own process', 'another process, unheard'])('should stop work that is cancelled by %s', async (who) => {
    const { kind, reasons } = waiting();
    const sut = rig.process([kind]).run();
    const { id } = await sut.submit('count', { slices: 5 });
    await eventually(() => expect(kind.ran).toHaveLength(2));
    const canceller = who === 'its own process' ? sut : rig.process([kind]);
    const startedAt = performance.now();
    expect(await canceller.jobs.cancel(id, 't')).toMatchObject({ state: 'cancelled' });
    await eventually(() => expect(reasons).toEqual(['cancelled', 'cancelled']));
    // Bound by the look into the tables every 400 ms, not by the speed of the machine: ten times the usual.
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    expect(await sut.jobs.get(id, 't')).toMatchObject({ state: 'cancelled', result: null, failures: 0 });
    expect(await rig.lanes()).toMatchObject([{ ready: 0, running: 0, waiting_jobs: 0 }]);
    expect(kind.ran).toHaveLength(2);
  });

  it('should throw away what a handler gives that did not hear of its cancellation', async () => {
    let letGo!: () => void;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const kind = new CountKind({ work: () => gate });
    const sut = rig.process([kind]).run();
    const { id } = await sut.submit('count');
    await eventually(() => expect(kind.ran).toHaveLength(1));
    await sut.jobs.cancel(id, 't');
    letGo();
    await sut.stop();
    expect(await sut.jobs.get(id, 't')).toMatchObject({ state: 'cancelled', result: null, slices: { done: 0 } });
  });

  it('should end every job once when cancellations race with the work', async () => {
    const ends: Record<string, string[]> = {};
    const observer = {
      changed: async (_tx: unknown, { id, state }: JobInfo) => {
        (ends[id] ??= []).push(state);
      },
    };
    const sut = rig.process([new CountKind()], observer, 4).run();
    const states = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const { id } = await sut.submit('count', { slices: 1 + (n % 3) }, { tenant: `t${n % 4}` });
        // Some at any moment of their life, some when it is over.
        if (n % 10 === 9) await ended(sut, id, 'done', `t${n % 4}`);
        else await new Promise((resolve) => setTimeout(resolve, n * 3));
        const told = await sut.jobs.cancel(id, `t${n % 4}`);
        const { state } = await ended(sut, id, told.state, `t${n % 4}`);
        expect(ends[id]!.filter((each) => each !== 'waiting' && each !== 'running')).toEqual([state]);
        return state;
      }),
    );
    expect(new Set(states)).toEqual(new Set(['done', 'cancelled']));
    await sut.stop();
    for (const lane of await rig.lanes()) expect(lane).toMatchObject({ ready: 0, running: 0, waiting_jobs: 0 });
  });

  it('should stop a handler whose slice was taken over, and store nothing of it', async () => {
    const { kind, reasons, letGo } = waiting();
    const sut = rig.process([kind]).run();
    const { id } = await sut.submit('count');
    await eventually(() => expect(kind.ran).toHaveLength(1));
    // As if the machine had slept: by its own clock it never stopped.
    await rig.database.query("UPDATE job_slice SET fence = fence + 1, worker = 'thief', lease_until = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR"); // prettier-ignore
    await eventually(() => expect(reasons).toEqual(['lease-lost']));
    expect(await sut.jobs.get(id, 't')).toMatchObject({ state: 'running', failures: 0 });
    letGo();
  });

  it('should keep the lease of work that takes much longer than it', async () => {
    const { kind, reasons, letGo } = waiting();
    const sut = rig.process([kind]).run();
    const { id } = await sut.submit('count');
    const leases = new Set<number>();
    await eventually(async () => {
      const [slice] = await rig.database.query<{ lease_until: Date }>('SELECT lease_until FROM job_slice');
      leases.add(slice!.lease_until?.getTime());
      expect(leases.size).toBeGreaterThan(6);
    });
    letGo();
    expect(await ended(sut, id, 'done')).toMatchObject({ failures: 0 });
    expect(reasons).toEqual([]);
  });

  it('should give back what it has not done when it ends, and charge no attempt', async () => {
    const { kind, reasons } = waiting({ maxAttempts: 1 });
    const leaving = rig.process([kind]).run();
    const { id } = await leaving.submit('count', { slices: 2 });
    await eventually(() => expect(kind.ran).toHaveLength(2));
    const staying = rig.process([new CountKind({ maxAttempts: 1 })]).run();
    await leaving.stop();
    expect(reasons).toEqual(['shutdown', 'shutdown']);
    expect(await ended(staying, id, 'done')).toMatchObject({ result: { sum: 3 }, failures: 0 });
  });

  it('should end a slice that takes too long, as an attempt that failed', async () => {
    const kind = Object.assign(waiting({ maxAttempts: 1 }).kind, { sliceTimeoutMs: 200 });
    const sut = rig.process([kind]).run();
    const { id } = await sut.submit('count');
    expect(await ended(sut, id, 'parked')).toMatchObject({
      problem: { code: 'JOBS.ATTEMPTS_EXHAUSTED', message: expect.stringContaining('took too long') },
    });
  });

  it('should leave work of a kind it does not know to processes that do', async () => {
    const old = rig.process([new CountKind()]);
    const newer = rig.process([new CountKind({ name: 'new' })]);
    const { id } = await newer.submit('new');
    old.run();
    await eventually(async () => {
      expect(await rig.database.query('SELECT state, attempts FROM job_slice')).toEqual([{ state: 'delayed', attempts: 0 }]); // prettier-ignore
    });
    await old.stop();
    newer.run();
    expect(await ended(newer, id, 'done')).toMatchObject({ failures: 0 });
  });

  it('should tell where a job stands and when it may start', async () => {
    const sut = rig.process([new CountKind()]);
    const mine: JobInfo[] = [];
    for (let n = 0; n < 3; n++) mine.push(await sut.submit('count', { slices: 1 }, { tenant: 'a' }));
    await sut.submit('count', { slices: 1 }, { tenant: 'b' });
    const place = (n: number) => sut.jobs.place(mine[n]!.id, 'a');
    expect(await place(0)).toEqual({ position: 1, estimatedStartAt: null });
    expect((await place(2))!.position).toBe(4);
    await rig.database.query("INSERT INTO job_worker VALUES ('w', 3, UTC_TIMESTAMP(6))");
    const starts = await Promise.all([place(1), place(2)]);
    const [second, third] = starts.map((each) => each!.estimatedStartAt!.getTime());
    expect(third).toBeGreaterThan(second!);
    await sut.take();
    expect(await place(0)).toBeNull();
    await sut.jobs.cancel(mine[1]!.id, 'a');
    expect((await place(2))!.position).toBeLessThanOrEqual(2);
  });
});
