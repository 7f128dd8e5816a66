import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '#libs/kernel';
import { CountKind, JobRig, type JobProcess } from './support/job-rig.js';

describe('idempotency keys', () => {
  let rig: JobRig;
  let sut: JobProcess;

  beforeAll(async () => {
    rig = await JobRig.start('keys', 16);
    sut = rig.process([new CountKind(), new CountKind({ name: 'other' })]);
  });

  afterEach(() => rig.reset());

  afterAll(() => rig?.drop());

  const submit = (overrides: object = {}) =>
    sut.jobs.submit(undefined, {
      id: uuidv7(),
      tenant: 't',
      kind: 'count',
      params: {},
      idempotencyKey: 'k',
      bodyHash: 'a',
      ...overrides,
    });
  const reserve = (id: string, tenant = 't') => sut.jobs.reserveKey({ tenant, idempotencyKey: 'k', id });

  it('should answer the same request with the first job, whatever became of it', async () => {
    const first = await submit();
    expect(first.replayed).toBe(false);
    expect(await submit()).toMatchObject({ replayed: true, job: { id: first.job.id, state: 'waiting' } });
    await sut.finishAll();
    expect(await submit()).toMatchObject({ replayed: true, job: { id: first.job.id, state: 'done' } });
    expect(await rig.database.query('SELECT id FROM job')).toHaveLength(1);
  });

  it('should refuse another request under the same key, and know tenants apart', async () => {
    const first = await submit();
    await expect(submit({ bodyHash: 'b' })).rejects.toMatchObject({ code: 'JOBS.IDEMPOTENCY_MISMATCH' });
    await expect(submit({ kind: 'other' })).rejects.toMatchObject({ code: 'JOBS.IDEMPOTENCY_MISMATCH' });
    await expect(submit({ bodyHash: undefined })).rejects.toMatchObject({ code: 'JOBS.IDEMPOTENCY_MISMATCH' });
    const foreign = await submit({ tenant: 'x', bodyHash: 'b' });
    expect(foreign).toMatchObject({ replayed: false });
    expect(foreign.job.id).not.toBe(first.job.id);
  });

  it('should make one job of many requests at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => submit()));
    expect(new Set(answers.map(({ job }) => job.id)).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await rig.lanes()).toMatchObject([{ ready: 1, waiting_jobs: 1 }]);
  });

  it('should make one job of one id, also without a key', async () => {
    const id = uuidv7();
    const answers = await Promise.all([1, 2, 3, 4].map(() => submit({ id, idempotencyKey: undefined })));
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    await expect(submit({ id, idempotencyKey: undefined, tenant: 'x' })).rejects.toMatchObject({ code: 'JOBS.IDEMPOTENCY_MISMATCH' }); // prettier-ignore
    expect(await rig.lanes()).toMatchObject([{ tenant: 't', ready: 1, waiting_jobs: 1 }]);
  });

  it('should hold the key while the body of its request is still coming in', async () => {
    const id = uuidv7();
    expect(await reserve(id)).toBeUndefined();
    expect(await reserve(id)).toBeUndefined();
    await expect(reserve(uuidv7())).rejects.toMatchObject({ code: 'JOBS.IDEMPOTENCY_IN_FLIGHT', retryAfterMs: 1_000 });
    await expect(submit()).rejects.toMatchObject({ code: 'JOBS.IDEMPOTENCY_IN_FLIGHT' });
    expect(await reserve(uuidv7(), 'x')).toBeUndefined();
    expect(await submit({ id })).toMatchObject({ replayed: false, job: { id } });
    expect(await reserve(uuidv7())).toMatchObject({ id, state: 'waiting' });
  });

  it('should let go of the key of a request that came to nothing', async () => {
    const first = uuidv7();
    await reserve(first);
    await sut.jobs.releaseKey({ tenant: 't', idempotencyKey: 'k', id: uuidv7() });
    await expect(reserve(uuidv7())).rejects.toMatchObject({ code: 'JOBS.IDEMPOTENCY_IN_FLIGHT' });
    await sut.jobs.releaseKey({ tenant: 't', idempotencyKey: 'k', id: first });
    const second = uuidv7();
    expect(await reserve(second)).toBeUndefined();
    await submit({ id: second });
    await sut.jobs.releaseKey({ tenant: 't', idempotencyKey: 'k', id: second });
    expect(await reserve(uuidv7())).toMatchObject({ id: second });
  });

  it('should not hold a key for ever for a request nobody has heard of again', async () => {
    const [silent, next] = [uuidv7(), uuidv7()];
    await reserve(silent);
    await rig.database.query('UPDATE job_key SET reserved_until = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND');
    expect(await reserve(next)).toBeUndefined();
    await expect(submit({ id: silent })).rejects.toMatchObject({ code: 'JOBS.IDEMPOTENCY_IN_FLIGHT' });
    expect(await submit({ id: next })).toMatchObject({ job: { id: next } });
  });
});
