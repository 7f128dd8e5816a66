import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { currentContext, metricsRegistry, newContext, runInContext } from '#libs/observability';
import { schemaDrift } from '#libs/persistence';
import { eventually } from '#libs/testing';
import { Jobs, PermanentJobError } from '../src/index.js';
import { CountKind, JobRig, type JobProcess } from './support/job-rig.js';

describe(Jobs.name, () => {
  let rig: JobRig;

  beforeAll(async () => {
    rig = await JobRig.start('jobs');
  });

  afterEach(() => rig.reset());

  afterAll(() => rig?.drop());

  const ended = async (sut: JobProcess, id: string, state: string) =>
    eventually(async () => {
      const job = await sut.jobs.get(id, 't');
      expect(job.state).toBe(state);
      return job;
    });

  it('should have tables that agree with their entities', async () => {
    expect(await schemaDrift(rig.databases.api)).toEqual([]);
  });

  it.each([0, 1, 2, 7])('should put the results of %i slices together in their order', async (slices) => {
    const sut = rig.process([new CountKind()]).run();
    const { id, state } = await sut.submit('count', { slices });
    expect(state).toBe('waiting');
    const order = Array.from({ length: slices }, (_, index) => index + 1);
    expect(await ended(sut, id, 'done')).toMatchObject({
      result: { sum: order.reduce((a, b) => a + b, 0), order },
      slices: { done: slices, total: slices },
      bytes: { done: 10 * slices, total: 10 * slices },
      units: { done: slices, total: slices },
      failures: 0,
      problem: null,
      blob: null,
    });
  });

  it('should tell how long it waited, worked and took in all', async () => {
    const kind = new CountKind({ work: () => new Promise((resolve) => setTimeout(resolve, 50)) });
    const sut = rig.process([kind]);
    const receivedAt = new Date(Date.now() - 1_000);
    const { id } = await sut.submit('count', { slices: 3 }, { receivedAt });
    sut.run();
    const { timings, ...job } = await ended(sut, id, 'done');
    expect(timings.execMs).toBeGreaterThan(3 * 45);
    expect(timings.leadMs).toBeGreaterThan(1_000);
    expect(timings.queueMs).toBeGreaterThanOrEqual(0);
    expect(timings.leadMs).toBeCloseTo(job.finishedAt!.getTime() - job.receivedAt.getTime(), -1);
  });

  it('should work in the trace of the request', async () => {
    const traces: unknown[] = [];
    const kind = new CountKind({ work: () => void traces.push(currentContext()?.traceId) });
    const sut = rig.process([kind]).run();
    const context = newContext();
    const { id } = await runInContext(context, () => sut.submit('count', { slices: 2 }));
    await ended(sut, id, 'done');
    expect(traces).toEqual([context.traceId, context.traceId]);
  });

  it('should show how far running slices are', async () => {
    let finish!: () => void;
    const gate = new Promise<void>((resolve) => (finish = resolve));
    const told: number[] = [];
    const kind = new CountKind({
      work: async ({ progress, slice }) => {
        progress(slice.index === 0 ? 10 : 4, 1);
        if (slice.index === 1) await gate;
      },
    });
    const sut = rig.process([kind], { progressed: ({ bytes }) => void told.push(bytes.done) }).run();
    const { id } = await sut.submit('count', { slices: 2 });
    await eventually(async () => {
      expect(await sut.jobs.get(id, 't')).toMatchObject({ state: 'running', bytes: { done: 14, total: 20 } });
    });
    await eventually(() => expect(told).toContain(14));
    finish();
    await ended(sut, id, 'done');
  });

  it('should repeat a slice that throws, keep the checkpoints of the others, and say how often', async () => {
    let failures = 1;
    const kind = new CountKind({
      work: ({ slice }) => {
        if (slice.index === 1 && failures-- > 0) throw new Error('token=abc');
      },
    });
    const sut = rig.process([kind]).run();
    const { id } = await sut.submit('count', { slices: 3 });
    expect(await ended(sut, id, 'done')).toMatchObject({ result: { sum: 6 }, failures: 1 });
    expect(kind.ran.toSorted()).toEqual([0, 1, 1, 2]);
  });

  it('should park a job after the last attempt, with the reason, and let it go on when it is retried', async () => {
    let broken = true;
    const kind = new CountKind({
      maxAttempts: 1,
      work: ({ slice }) => {
        if (broken && slice.index === 1) throw new Error('token=abc');
      },
    });
    const sut = rig.process([kind]).run();
    const { id } = await sut.submit('count', { slices: 2 });
    const { problem } = await ended(sut, id, 'parked');
    expect(problem).toMatchObject({ code: 'JOBS.ATTEMPTS_EXHAUSTED', message: expect.stringContaining('1 attempt') });
    expect(problem?.message).not.toContain('token');
    await expect(sut.jobs.retry(id, 'other')).rejects.toMatchObject({ code: 'JOBS.NOT_FOUND' });
    broken = false;
    expect(await sut.jobs.retry(id, 't')).toMatchObject({ state: 'waiting', problem: null, finishedAt: null });
    expect(await ended(sut, id, 'done')).toMatchObject({ result: { sum: 3 } });
    expect(kind.ran.filter((index) => index === 0).length).toBeLessThanOrEqual(2);
    await expect(sut.jobs.retry(id, 't')).rejects.toMatchObject({ code: 'JOBS.NOT_RETRYABLE' });
  });

  it('should fail at once when the input is at fault, and not run the other slices', async () => {
    const kind = new CountKind({
      work: () => {
        throw new PermanentJobError('COUNT.BAD', 'line 7 is no number');
      },
    });
    const sut = rig.process([kind]);
    const { id } = await sut.submit('count', { slices: 50 });
    sut.run();
    expect(await ended(sut, id, 'failed')).toMatchObject({
      problem: { code: 'COUNT.BAD', message: 'line 7 is no number' },
      expiresAt: expect.any(Date),
    });
    expect(kind.ran.length).toBeLessThanOrEqual(3);
    expect(await rig.database.query('SELECT DISTINCT state FROM job_slice')).toEqual([{ state: 'dropped' }]);
  });

  it('should refuse what the kind does not take, and store nothing', async () => {
    const sut = rig.process([new CountKind()]);
    await expect(sut.submit('count', { slices: 'many' })).rejects.toMatchObject({ code: 'JOBS.INVALID_PARAMS' });
    await expect(sut.submit('paint')).rejects.toMatchObject({ code: 'JOBS.UNKNOWN_KIND' });
    await expect(sut.jobs.get('0', 't')).rejects.toMatchObject({ code: 'JOBS.NOT_FOUND' });
    expect(await rig.database.query('SELECT id FROM job')).toEqual([]);
  });

  it('should tell its owner alone', async () => {
    const sut = rig.process([new CountKind()]);
    const { id } = await sut.submit('count');
    const asks = [
      () => sut.jobs.get(id, 'x'),
      () => sut.jobs.cancel(id, 'x'),
      () => sut.jobs.retry(id, 'x'),
      () => sut.jobs.place(id, 'x'),
    ];
    for (const ask of asks) await expect(ask()).rejects.toMatchObject({ code: 'JOBS.NOT_FOUND' });
    expect(await sut.jobs.list({ tenant: 'x', limit: 10 })).toEqual([]);
  });

  it('should list by kind, state and time, page by page', async () => {
    const sut = rig.process([new CountKind(), new CountKind({ name: 'other' })]);
    const ids: string[] = [];
    for (const kind of ['count', 'other', 'count', 'other', 'count']) ids.unshift((await sut.submit(kind)).id);
    await sut.jobs.cancel(ids[0]!, 't');
    const list = async (filter: object) =>
      (await sut.jobs.list({ tenant: 't', limit: 10, ...filter })).map((job) => job.id);
    expect(await list({})).toEqual(ids);
    expect(await list({ kinds: ['other'] })).toEqual([ids[1], ids[3]]);
    expect(await list({ states: ['cancelled'] })).toEqual([ids[0]]);
    const second = await sut.jobs.get(ids[1]!, 't');
    expect(await list({ after: second, limit: 2 })).toEqual([ids[2], ids[3]]);
    expect(await list({ queuedBefore: new Date(0) })).toEqual([]);
  });

  it('should announce every change of state in its transaction', async () => {
    const changes: string[] = [];
    const observer = { changed: async (_tx: unknown, job: { state: string }) => void changes.push(job.state) };
    const sut = rig.process([new CountKind()], observer).run();
    const { id } = await sut.submit('count');
    await ended(sut, id, 'done');
    expect(changes).toEqual(['waiting', 'running', 'done']);
    const refusing = rig.process([new CountKind()], { changed: () => Promise.reject(new Error('no')) });
    await expect(refusing.submit('count')).rejects.toThrow('no');
    expect(await rig.database.query('SELECT id FROM job')).toHaveLength(1);
  });

  it('should count what is open, and how long the oldest has waited', async () => {
    const sut = rig.process([new CountKind(), new CountKind({ name: 'quick', class: 'short' })]);
    for (let n = 0; n < 3; n++) await sut.submit('count');
    const { id } = await sut.submit('quick');
    await sut.take(['long']);
    await rig.database.query("UPDATE job SET queued_at = queued_at - INTERVAL 1 HOUR WHERE job_class = 'long'");
    await sut.housekeeper.countJobs();
    const valuesOf = async (name: string) => {
      const { values } = await metricsRegistry.getSingleMetric(name)!.get();
      return Object.fromEntries(values.map(({ labels, value }) => [Object.values(labels).join(' '), value]));
    };
    expect(await valuesOf('jobs_open')).toEqual({ 'short waiting': 1, 'short running': 0, 'long waiting': 2, 'long running': 1 }); // prettier-ignore
    const oldest = await valuesOf('job_oldest_waiting_age_seconds');
    expect(oldest['short']).toBeLessThan(60);
    expect(oldest['long']).toBeGreaterThan(3_590);
    await sut.jobs.cancel(id, 't');
    await sut.housekeeper.countJobs();
    expect(await valuesOf('jobs_open')).toMatchObject({ 'short waiting': 0 });
  });

  it('should forget results when their time is over, files first, and free the key', async () => {
    const removed: unknown[] = [];
    const kind = new CountKind();
    kind.finish = async () => ({ result: 1 as never, blob: { ref: 'r', bytes: 5, contentType: 'image/png' } });
    const sut = rig.process([kind], { expired: async (job) => void removed.push(job.blob) });
    sut.worker.onApplicationBootstrap();
    const first = await sut.submit('count', {}, { idempotencyKey: 'k', bodyHash: 'h' });
    const second = await sut.submit('count');
    for (const { id } of [first, second]) {
      expect(await ended(sut, id, 'done')).toMatchObject({ blob: { ref: 'r', bytes: 5, contentType: 'image/png' } });
    }
    await sut.worker.beforeApplicationShutdown();
    const expire = (id: string) =>
      rig.database.query('UPDATE job SET expires_at = UTC_TIMESTAMP(6) WHERE id = ?', [id]);
    await expire(first.id);
    expect(await sut.jobs.get(first.id, 't')).toMatchObject({ state: 'expired', result: null });
    await sut.housekeeper.expireJobs();
    expect(removed).toEqual([null]);
    await expire(second.id);
    await sut.housekeeper.expireJobs();
    expect(removed).toEqual([null, { ref: 'r', bytes: 5, contentType: 'image/png' }]);
    expect(await sut.jobs.get(second.id, 't')).toMatchObject({ state: 'expired', result: null, blob: null });
    expect(await rig.database.query('SELECT id FROM job_slice')).toEqual([]);
    const again = await sut.submit('count', {}, { idempotencyKey: 'k', bodyHash: 'other' });
    expect(again.id).not.toBe(first.id);
  });
});
