import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import { CaptureStepRunner } from '../src/captures/capture-step.runner.js';
import { UpstreamError } from '../src/captures/upstream.errors.js';
import { CaptureRig, ScriptedDriver, stepResult, type CaptureProcess } from './factories/capture-rig.js';
import { incomingPost } from './factories/incoming-post.factory.js';

describe(CaptureStepRunner.name, () => {
  let rig: CaptureRig;

  beforeAll(async () => {
    rig = await CaptureRig.start('ingest_capture_steps');
  });

  afterEach(() => rig.reset());

  afterAll(() => rig?.drop());

  const part = async (sut: CaptureProcess, id: string) => (await sut.captures.get(id, 't')).sources[0]!;

  it.each([
    ['retry', {}, 'waiting', true],
    ['wait', { until: new Date(Date.now() + 3_600_000) }, 'waiting', true],
    ['wait', {}, 'waiting', true],
    ['halt-source', { until: new Date(Date.now() + 3_600_000) }, 'waiting', true],
    ['halt-source', {}, 'stopped', false],
    ['stop-part', {}, 'stopped', false],
    ['fail', {}, 'failed', false],
  ] as const)('should answer the reaction %s %j with the state %s', async (reaction, details, state, endKnown) => {
    const driver = new ScriptedDriver();
    driver.otherwise = () => {
      throw new UpstreamError('credits', reaction, 'no credits', { ...details, requests: 1 });
    };
    const sut = rig.process([driver]).run();
    const { id } = await sut.start();
    await eventually(async () => expect((await part(sut, id)).waiting).not.toBeNull());
    expect(await part(sut, id)).toMatchObject({
      state,
      waiting: { reason: 'credits', detail: 'no credits', until: endKnown ? expect.any(String) : null },
    });
    expect(await sut.captures.get(id, 't')).toMatchObject({ state, finished_at: state === 'failed' ? expect.any(String) : null }); // prettier-ignore
  });

  it.each([
    ['stopped', {}],
    ['waiting', { until: new Date(Date.now() + 3_600_000) }],
  ] as const)('should ask again after a restart where a refused credential left a part %s', async (state, details) => {
    const driver = new ScriptedDriver();
    driver.otherwise = () => {
      throw new UpstreamError('auth', 'halt-source', 'the token is refused', details);
    };
    const before = rig.process([driver]).run();
    const { id } = await before.start();
    await eventually(async () => expect((await part(before, id)).state).toBe(state));
    await before.stop();
    driver.otherwise = () => stepResult({});
    const sut = rig.process([driver]).run();
    await eventually(async () => expect((await part(sut, id)).state).toBe('running'));
  });

  it('should take no step while a capture is paused and go on when it is resumed', async () => {
    const driver = new ScriptedDriver();
    driver.otherwise = ({ checkpoint }) =>
      stepResult({ checkpoint: { page: Number(checkpoint?.['page'] ?? 0) + 1 }, nextAfterMs: 20 });
    const sut = rig.process([driver]).run();
    const { id } = await sut.start();
    await eventually(() => expect(driver.asked.length).toBeGreaterThan(1));
    expect(await sut.captures.change({ id, tenant: 't', paused: true })).toMatchObject({
      state: 'paused',
      sources: [{ state: 'paused' }],
    });
    await eventually(async () => {
      expect(await rig.database.query('SELECT id FROM capture_part WHERE lease_until IS NULL')).toHaveLength(1);
    });
    const { length } = driver.asked;
    // Another capture is polled meanwhile: this one had its chance.
    const { id: other } = await sut.start();
    await eventually(async () => expect((await part(sut, other)).requests).toBeGreaterThan(10), { timeoutMs: 20_000 });
    expect(driver.asked.filter(({ captureId }) => captureId === id)).toHaveLength(length);
    await sut.captures.change({ id, tenant: 't', paused: false });
    await eventually(() => {
      expect(driver.asked.filter(({ captureId }) => captureId === id).length).toBeGreaterThan(length);
    });
    expect(driver.asked.at(-1)!.checkpoint).not.toBeNull();
  });

  it('should store the step that runs when its capture is paused, and take no other', async () => {
    const driver = new ScriptedDriver();
    let finish!: () => void;
    driver.otherwise = async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      return stepResult({ posts: [incomingPost({ extId: 'paid' })], nextAfterMs: 0 });
    };
    const sut = rig.process([driver]).run();
    const { id } = await sut.start();
    await eventually(() => expect(driver.asked).toHaveLength(1));
    await sut.captures.change({ id, tenant: 't', paused: true });
    finish();
    await eventually(async () => expect(await rig.storedIds()).toEqual(['paid']));
    expect((await sut.captures.get(id, 't')).state).toBe('paused');
    expect(await sut.parts.claim([driver], 10, 60)).toEqual([]);
  });

  it('should poll at the new interval at once when the interval is changed', async () => {
    const driver = new ScriptedDriver();
    const sut = rig.process([driver]).run();
    const { id } = await sut.start({ every_seconds: 3_600 });
    await eventually(async () => expect((await part(sut, id)).requests).toBe(1));
    await sut.captures.change({ id, tenant: 't', every_seconds: 20 });
    await eventually(() => expect(driver.asked.map(({ everySeconds }) => everySeconds)).toEqual([3_600, 20]));
  });

  it('should go on when the owner raises the budget that stopped a capture', async () => {
    const driver = new ScriptedDriver();
    driver.otherwise = ({ budgetMicroUsd }) => {
      if (budgetMicroUsd === 1_000_000) throw new UpstreamError('budget', 'stop-part', 'the budget is used up');
      return stepResult({ settle: () => Promise.resolve(500_000) });
    };
    const sut = rig.process([driver]).run();
    const { id } = await sut.start({ budget_usd: 1 });
    await eventually(async () => expect((await sut.captures.get(id, 't')).state).toBe('stopped'));
    expect(await sut.captures.change({ id, tenant: 't', budget_usd: 2.5 })).toMatchObject({ budget_usd: 2.5 });
    await eventually(async () => {
      expect(await sut.captures.get(id, 't')).toMatchObject({ state: 'running', spent_usd: 0.5 });
    });
  });

  it('should not lose a raise of the budget to the step that runs out of it at that moment', async () => {
    const driver = new ScriptedDriver();
    let finish!: () => void;
    driver.script.push(async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      throw new UpstreamError('budget', 'stop-part', 'the budget is used up');
    });
    const sut = rig.process([driver]).run();
    const { id } = await sut.start({ budget_usd: 1 });
    await eventually(() => expect(driver.asked).toHaveLength(1));
    await sut.captures.change({ id, tenant: 't', budget_usd: null });
    finish();
    await eventually(() => expect(driver.asked).toHaveLength(2));
    expect(driver.asked[1]!.budgetMicroUsd).toBeNull();
  });

  it('should end a deleted capture and keep its posts', async () => {
    const driver = new ScriptedDriver();
    driver.otherwise = () => stepResult({ posts: [incomingPost({ extId: '1' })], nextAfterMs: 20 });
    const sut = rig.process([driver]).run();
    const { id } = await sut.start();
    await eventually(async () => expect(await rig.storedIds()).toEqual(['1']));
    expect(await sut.captures.delete(id, 't')).toEqual({ id });
    expect(await sut.captures.delete(id, 't')).toEqual({ id });
    await expect(sut.captures.get(id, 't')).rejects.toMatchObject({ code: 'CAPTURES.NOT_FOUND' });
    await eventually(async () => {
      expect(await rig.database.query('SELECT id FROM capture_part WHERE lease_until IS NULL')).toHaveLength(1);
    });
    expect(await sut.parts.claim([driver], 10, 60)).toEqual([]);
    expect(await rig.storedIds()).toEqual(['1']);
  });

  it('should store gaps with the checkpoint behind them and show the newest first', async () => {
    const driver = new ScriptedDriver();
    const gap = (from: string, to: string) => ({ from: new Date(from), to: new Date(to), reason: 'too old' });
    driver.script.push(() =>
      stepResult({
        gaps: [
          gap('2026-01-01T00:00:00Z', '2026-01-01T01:00:00Z'),
          gap('2026-02-01T00:00:00Z', '2026-02-01T00:00:30.500Z'),
        ],
      }),
    );
    const sut = rig.process([driver]).run();
    const { id } = await sut.start();
    await eventually(async () => expect((await sut.captures.get(id, 't')).gaps).toHaveLength(2));
    expect(await sut.captures.get(id, 't')).toMatchObject({
      gaps: [
        { from: '2026-02-01T00:00:00.000Z', to: '2026-02-01T00:00:30.500Z', reason: 'too old', source: 'mastodon' },
        { from: '2026-01-01T00:00:00.000Z' },
      ],
      gap_seconds: 3_630.5,
    });
  });

  it('should delete what is stored and remember nothing of what is not', async () => {
    const driver = new ScriptedDriver();
    driver.script.push(() => stepResult({ posts: [incomingPost({ extId: 'a' }), incomingPost({ extId: 'b' })], nextAfterMs: 0 })); // prettier-ignore
    const gone = (extId: string) => ({ source: 'x' as const, extId, deletedAt: null });
    driver.script.push(() => stepResult({ deletions: [gone('a'), gone('unknown')] }));
    const sut = rig.process([driver]).run();
    const { id } = await sut.start();
    await eventually(async () => expect((await part(sut, id)).posts.deleted).toBe(1));
    expect(await rig.storedIds()).toEqual(['b']);
    expect(await rig.database.query('SELECT ext_id FROM post_tombstone')).toEqual([{ ext_id: 'a' }]);
  });
});
