import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Claims, type Claim } from '../src/claims.service.js';
import { CLAIMANT, CountKind, JobRig } from './support/job-rig.js';

describe(Claims.name, () => {
  let rig: JobRig;

  beforeAll(async () => {
    rig = await JobRig.start('claims', 16);
  });

  afterEach(() => rig.reset());

  afterAll(() => rig?.drop());

  it('should hand out every slice once, however many workers look at the same time', async () => {
    const sut = rig.process([new CountKind()]);
    const submits = Array.from({ length: 60 }, (_, n) => sut.submit('count', { slices: 2 }, { tenant: `t${n % 5}` }));
    await Promise.all(submits);
    const taken: Claim[] = [];
    const work = async () => {
      for (let claim = await sut.take(); claim; claim = await sut.take()) {
        taken.push(claim);
        const merge = await sut.claims.complete(claim, claim.slice.index + 1, 0.01, CLAIMANT);
        if (merge) await sut.claims.finish(merge, { result: null }, 0.01);
      }
    };
    await Promise.all(Array.from({ length: 12 }, work));
    expect(taken).toHaveLength(120);
    expect(new Set(taken.map(({ sliceId }) => sliceId)).size).toBe(120);
    expect(await rig.database.query('SELECT state, COUNT(*) AS n FROM job GROUP BY state')).toEqual([{ state: 'done', n: 60 }]); // prettier-ignore
    for (const lane of await rig.lanes()) expect(lane).toMatchObject({ ready: 0, running: 0, waiting_jobs: 0 });
  });

  it('should refuse whatever a worker stores whose slice another has taken over', async () => {
    const sut = rig.process([new CountKind()]);
    const { id } = await sut.submit('count', { slices: 2 });
    const frozen = (await sut.take())!;
    await rig.passTime();
    await sut.housekeeper.returnLostSlices();
    const successor = (await sut.take())!;
    expect(successor).toMatchObject({ sliceId: frozen.sliceId, fence: frozen.fence + 1, lostLeases: 1 });
    const lanes = await rig.lanes();
    const writes = [
      () => sut.claims.complete(frozen, 666, 1, CLAIMANT),
      () => sut.claims.finish(frozen, { result: 666 }, 1),
      () => sut.claims.fail(frozen, 'late', 1),
      () => sut.claims.reject(frozen, { code: 'LATE', message: 'late' }, 1),
      () => sut.claims.release(frozen, 1),
    ];
    for (const write of writes) await expect(write()).rejects.toMatchObject({ code: 'JOBS.LEASE_LOST' });
    expect(await sut.slices.renew(frozen, 60_000, { bytes: 9, units: 1 })).toBe(false);
    expect(await rig.lanes()).toEqual(lanes);
    await sut.claims.complete(successor, 1, 0.1, CLAIMANT);
    for (const write of writes) await expect(write()).rejects.toMatchObject({ code: 'JOBS.LEASE_LOST' });
    expect(await sut.slices.results(id)).toEqual([1, null]);
    expect(await sut.jobs.get(id, 't')).toMatchObject({ state: 'running', slices: { done: 1 }, failures: 1 });
  });

  it('should take back the slices of the dead although one of them cannot be', async () => {
    const fragile = new CountKind({ name: 'fragile', maxLostLeases: 1 });
    const sut = rig.process([fragile, new CountKind()], {
      changed: (_, { kind, state }) =>
        kind === 'fragile' && state === 'parked' ? Promise.reject(new Error('nobody listens')) : Promise.resolve(),
    });
    const stuck = await sut.submit('fragile');
    const { id } = await sut.submit('count');
    await sut.take();
    await sut.take();
    await rig.passTime();
    await sut.housekeeper.returnLostSlices();
    await sut.finishAll();
    expect(await sut.jobs.get(id, 't')).toMatchObject({ state: 'done', failures: 1 });
    expect(await sut.jobs.get(stuck.id, 't')).toMatchObject({ state: 'running' });
  });

  it('should keep the checkpoints of a worker that died', async () => {
    const kind = new CountKind();
    const sut = rig.process([kind]);
    const { id } = await sut.submit('count', { slices: 3 });
    await sut.claims.complete((await sut.take())!, 100, 0.1, CLAIMANT);
    await sut.take();
    await rig.passTime();
    await sut.housekeeper.returnLostSlices();
    await sut.finishAll();
    expect(await sut.jobs.get(id, 't')).toMatchObject({ state: 'done', result: { order: [100, 2, 3] }, failures: 1 });
    expect(kind.ran.toSorted()).toEqual([1, 2]);
  });

  it('should put a job together only once when it dies between its last slice and the end', async () => {
    const sut = rig.process([new CountKind()]);
    const { id } = await sut.submit('count', { slices: 2 });
    await sut.claims.complete((await sut.take())!, 1, 0.1, CLAIMANT);
    const dead = (await sut.claims.complete((await sut.take())!, 2, 0.1, CLAIMANT))!;
    expect(dead).toMatchObject({ isMerge: true });
    expect(await sut.take()).toBeUndefined();
    await rig.passTime();
    await sut.housekeeper.returnLostSlices();
    await sut.finishAll();
    await expect(sut.claims.finish(dead, { result: 666 }, 1)).rejects.toMatchObject({ code: 'JOBS.LEASE_LOST' });
    expect(await sut.jobs.get(id, 't')).toMatchObject({ state: 'done', result: { sum: 3 } });
  });

  it('should park a job whose slice kills every worker that takes it', async () => {
    const sut = rig.process([new CountKind({ maxLostLeases: 2 })]);
    const { id } = await sut.submit('count', { slices: 3 });
    for (let death = 1; death <= 2; death++) {
      expect(await sut.take()).toMatchObject({ slice: { index: 0 }, attempts: 1 });
      await rig.passTime();
      await sut.housekeeper.returnLostSlices();
    }
    expect(await sut.jobs.get(id, 't')).toMatchObject({
      state: 'parked',
      problem: { code: 'JOBS.WORKER_LOST', message: 'its worker went silent 2 times in a row' },
    });
    expect(await sut.take()).toBeUndefined();
    expect(await rig.lanes()).toMatchObject([{ ready: 0, running: 0, waiting_jobs: 0 }]);
  });

  it('should let a slice that failed rest, longer each time, and park the job after the last attempt', async () => {
    const sut = rig.process([new CountKind({ maxAttempts: 3 })]);
    const { id } = await sut.submit('count');
    const rests: number[] = [];
    for (let attempt = 1; attempt <= 2; attempt++) {
      const claim = (await sut.take())!;
      expect(claim).toMatchObject({ attempts: attempt, fence: attempt });
      expect(await sut.claims.fail(claim, 'disk full', 0.1)).toBeUndefined();
      expect(await sut.take()).toBeUndefined();
      const [slice] = await rig.database.query<{ rest: number }>('SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), run_at) / 1000 AS rest FROM job_slice WHERE slice_index = 0'); // prettier-ignore
      rests.push(Number(slice!.rest));
      await sut.housekeeper.returnDueSlices();
      expect(await sut.take()).toBeUndefined();
      await rig.passTime();
      await sut.housekeeper.returnDueSlices();
    }
    expect(rests[0]).toBeLessThanOrEqual(1_000);
    expect(rests[1]).toBeGreaterThan(500);
    expect(await sut.claims.fail((await sut.take())!, 'disk full', 0.1)).toMatchObject({
      state: 'parked',
      failures: 3,
    });
    expect(await sut.jobs.get(id, 't')).toMatchObject({
      problem: { code: 'JOBS.ATTEMPTS_EXHAUSTED', message: 'given up after 3 attempts: disk full' },
      timings: { execMs: 300 },
    });
  });

  it('should share by weight what slices really cost, not how many they are', async () => {
    const sut = rig.process([new CountKind()]);
    for (const tenant of ['quick', 'slow', 'heavy']) await sut.submit('count', { slices: 200 }, { tenant });
    await sut.jobs.setShare('heavy', 'long', { weight: 2 });
    const spent: Record<string, number> = { quick: 0, slow: 0, heavy: 0 };
    for (let turn = 0; turn < 120; turn++) {
      const claim = (await sut.take())!;
      const { tenant } = claim.job;
      const cost = tenant === 'slow' ? 1 : 0.2;
      spent[tenant]! += cost;
      await sut.claims.complete(claim, 1, cost, CLAIMANT);
    }
    expect(Math.abs(spent['quick']! - spent['slow']!)).toBeLessThan(2);
    expect(Math.abs(spent['heavy']! / 2 - spent['slow']!)).toBeLessThan(2);
  });

  it('should save up nothing for a tenant that was away', async () => {
    const sut = rig.process([new CountKind()]);
    await sut.submit('count', { slices: 1 }, { tenant: 'away' });
    await sut.claims.finish((await sut.take())!, { result: null }, 0.1);
    await sut.submit('count', { slices: 200 }, { tenant: 'busy' });
    const serve = async (turns: number) => {
      const served: string[] = [];
      for (let turn = 0; turn < turns; turn++) {
        const claim = (await sut.take())!;
        served.push(claim.job.tenant);
        await sut.claims.complete(claim, 1, 1, CLAIMANT);
      }
      return served;
    };
    await serve(50);
    await sut.submit('count', { slices: 100 }, { tenant: 'away' });
    const served = await serve(20);
    const share = served.filter((tenant) => tenant === 'away').length;
    expect(share).toBeGreaterThanOrEqual(9);
    // Until it is known what its slices cost they count as cheap.
    expect(share).toBeLessThanOrEqual(13);
  });

  it('should run no more slices of a lane than its cap, over all workers', async () => {
    const sut = rig.process([new CountKind()]);
    await sut.jobs.setShare('capped', 'long', { cap: 2 });
    await sut.submit('count', { slices: 5 }, { tenant: 'capped' });
    const taken = await Promise.all(Array.from({ length: 5 }, () => sut.take()));
    const held = taken.filter((claim) => claim !== undefined);
    expect(held).toHaveLength(2);
    await sut.claims.complete(held[0]!, 1, 0.1, CLAIMANT);
    expect(await sut.take()).toBeDefined();
    expect(await sut.take()).toBeUndefined();
    await sut.submit('count', { slices: 1 }, { tenant: 'other' });
    expect(await sut.take()).toMatchObject({ job: { tenant: 'other' } });
  });

  it('should find counters that are wrong and put them right', async () => {
    const sut = rig.process([new CountKind()]);
    await sut.jobs.setShare('ghost', 'long', { weight: 1 });
    await sut.submit('count', { slices: 2 }, { tenant: 'real' });
    await rig.database.query("UPDATE job_lane SET vtime = -5, ready = 3, runnable = 1 WHERE tenant = 'ghost'");
    expect(await sut.take()).toMatchObject({ job: { tenant: 'real' } });
    await rig.database.query("UPDATE job_lane SET vtime = -5, runnable = 1 WHERE tenant = 'ghost'");
    await rig.database.query("UPDATE job_lane SET ready = 0, runnable = 0, waiting_jobs = 7 WHERE tenant = 'real'");
    expect(await sut.take()).toBeUndefined();
    await sut.housekeeper.recountLanes();
    expect(await rig.lanes()).toMatchObject([
      { tenant: 'ghost', ready: 0, running: 0, waiting_jobs: 0 },
      { tenant: 'real', ready: 1, running: 1, waiting_jobs: 0 },
    ]);
    expect(await sut.take()).toMatchObject({ job: { tenant: 'real' } });
  });
});
