import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { captureSchema } from '#libs/contracts';
import { uuidv7 } from '#libs/kernel';
import { currentContext, metricsRegistry, newContext, runInContext } from '#libs/observability';
import { eventually } from '#libs/testing';
import { CapturesService } from '../src/captures/captures.service.js';
import { CaptureRig, ScriptedDriver, stepResult, type CaptureProcess } from './factories/capture-rig.js';

describe(CapturesService.name, () => {
  let rig: CaptureRig;
  let mastodon: ScriptedDriver;
  let x: ScriptedDriver;
  let sut: CaptureProcess;

  beforeAll(async () => {
    rig = await CaptureRig.start('ingest_capture_rpc');
  });

  beforeEach(() => {
    mastodon = new ScriptedDriver();
    mastodon.targetList = ['one.example', 'two.example'];
    x = new ScriptedDriver({ source: 'x', storedAs: 'x-simulator' });
    sut = rig.process([x, null, mastodon]);
  });

  afterEach(() => rig.reset());

  afterAll(() => rig?.drop());

  it('should answer with what the contract promises, a part for each source and instance', async () => {
    x.estimate = () => Promise.resolve({ posts: 100, worst_case_usd: 1.5, per_day_usd: 0.3, note: 'worst case' });
    const capture = await sut.start({ sources: ['x', 'mastodon', 'x'], every_seconds: 60, budget_usd: 0.1, from: '2026-01-01T00:00:00+01:00' }); // prettier-ignore
    expect(captureSchema.parse(capture)).toMatchObject({
      tag: 'tag',
      mode: 'follow',
      state: 'running',
      every_seconds: 60,
      from: '2025-12-31T23:00:00.000Z',
      budget_usd: 0.1,
      estimate: { posts: 100, worst_case_usd: 1.5, per_day_usd: 0.3, note: 'x: worst case' },
      simulated: true,
      finished_at: null,
    });
    expect(capture.sources.map(({ source, target, simulated, phase }) => [source, target, simulated, phase])).toEqual([
      ['mastodon', 'one.example', false, 'backfill'],
      ['mastodon', 'two.example', false, 'backfill'],
      ['x', '', true, 'backfill'],
    ]);
  });

  it('should start one capture however often the same id is asked for', async () => {
    const id = uuidv7();
    const [first] = await Promise.all([sut.start({ id }), sut.start({ id }), sut.start({ id })]);
    const again = await sut.start({ id });
    expect(again).toMatchObject({ id, created_at: first.created_at });
    expect(again.sources).toHaveLength(2);
  });

  it('should refuse an id that is taken by something else, by somebody else, or that was deleted', async () => {
    const { id } = await sut.start();
    for (const other of [{ tag: 'other' }, { tenant: 'stranger' }, { mode: 'once' as const }, { sources: ['x' as const] }]) {
      await expect(sut.start({ id, ...other })).rejects.toMatchObject({ code: 'CAPTURES.CONFLICT' });
    } // prettier-ignore
    await sut.captures.delete(id, 't');
    await expect(sut.start({ id })).rejects.toMatchObject({ code: 'CAPTURES.CONFLICT' });
  });

  it.each([
    ['CAPTURES.EVERY_NEEDS_FOLLOW', { mode: 'once' as const, every_seconds: 60 }],
    ['CAPTURES.SOURCE_NOT_CONFIGURED', { sources: ['mastodon' as const, 'bluesky' as const] }],
    ['CAPTURES.FROM_IN_FUTURE', { from: new Date(Date.now() + 3_600_000).toISOString() }],
  ])('should refuse with %s and start nothing', async (code, overrides) => {
    await expect(sut.start(overrides)).rejects.toMatchObject({ code, kind: 'invalid' });
    expect(await rig.database.query('SELECT id FROM capture')).toEqual([]);
  });

  it('should name the sources there are when one is not configured', async () => {
    await expect(sut.start({ sources: ['bluesky'] })).rejects.toThrow('bluesky is not configured here; available: x, mastodon'); // prettier-ignore
  });

  it('should take a source without any instance for one that is not configured', async () => {
    mastodon.targetList = [];
    await expect(sut.start()).rejects.toThrow('mastodon is not configured here; available: x');
  });

  it('should start a capture although its estimate fails', async () => {
    mastodon.estimate = () => Promise.reject(new Error('token=abc'));
    const { estimate } = await sut.start();
    expect(estimate).toMatchObject({ posts: null, worst_case_usd: null });
    expect(estimate.note).not.toContain('token');
  });

  it('should show nobody the captures of another tenant', async () => {
    const { id } = await sut.start();
    const calls = [
      () => sut.captures.get(id, 'stranger'),
      () => sut.captures.change({ id, tenant: 'stranger', paused: true }),
      () => sut.captures.delete(id, 'stranger'),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({ code: 'CAPTURES.NOT_FOUND', kind: 'not-found' });
    }
    expect(await sut.captures.list({ tenant: 'stranger', limit: 10 })).toEqual({ items: [], next_cursor: null });
    expect((await sut.captures.get(id, 't')).state).toBe('running');
  });

  it('should list captures newest first, page by page, without those that are deleted', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift((await sut.start()).id);
    await sut.captures.delete(ids[2]!, 't');
    const first = await sut.captures.list({ tenant: 't', limit: 3 });
    const second = await sut.captures.list({ tenant: 't', limit: 3, cursor: first.next_cursor! });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([ids[0], ids[1], ids[3], ids[4]]);
    expect([first.items.length, second.next_cursor]).toEqual([3, null]);
  });

  it('should refuse more open captures than a tenant may have', async () => {
    vi.stubEnv('MIRANTE_CAPTURES_PER_TENANT', '1');
    const strict = rig.process([mastodon]);
    const { id } = await strict.start();
    await expect(strict.start()).rejects.toMatchObject({ code: 'CAPTURES.TOO_MANY' });
    expect(await strict.start({ id })).toMatchObject({ id });
    await strict.start({ tenant: 'other' });
    await strict.captures.delete(id, 't');
    await strict.start();
    vi.stubEnv('MIRANTE_CAPTURES_PER_TENANT', '200');
  });

  it('should end a capture when the last of its parts ends, also when they end at once', async () => {
    let arrived = 0;
    let go!: () => void;
    const together = new Promise<void>((resolve) => (go = resolve));
    mastodon.targetList = ['a', 'b', 'c', 'd'];
    mastodon.otherwise = async () => {
      if (++arrived === 4) go();
      await together;
      return stepResult({ phase: 'done' });
    };
    sut.run();
    const { id } = await sut.start({ mode: 'once' });
    await eventually(async () => {
      expect(await sut.captures.get(id, 't')).toMatchObject({ state: 'done', finished_at: expect.any(String) });
    });
    await expect(sut.captures.change({ id, tenant: 't', paused: true })).rejects.toMatchObject({ code: 'CAPTURES.ENDED' }); // prettier-ignore
  });

  it('should refuse an interval for a capture that is not followed', async () => {
    const { id } = await sut.start({ mode: 'once' });
    await expect(sut.captures.change({ id, tenant: 't', every_seconds: 60 })).rejects.toMatchObject({ code: 'CAPTURES.EVERY_NEEDS_FOLLOW' }); // prettier-ignore
  });

  it('should leave alone what a change does not name, and take a budget away when told so', async () => {
    const { id } = await sut.start({ every_seconds: 60, budget_usd: 2 });
    expect(await sut.captures.change({ id, tenant: 't', paused: true })).toMatchObject({ state: 'paused', every_seconds: 60, budget_usd: 2 }); // prettier-ignore
    expect(await sut.captures.change({ id, tenant: 't', budget_usd: null })).toMatchObject({ state: 'paused', every_seconds: 60, budget_usd: null }); // prettier-ignore
  });

  it('should work in the trace of the request that asked for the capture', async () => {
    const seen: string[] = [];
    mastodon.otherwise = () => {
      seen.push(currentContext()!.traceId);
      return stepResult();
    };
    sut.run();
    const context = newContext();
    await runInContext(context, () => sut.start());
    await eventually(() => expect(seen).toEqual([context.traceId, context.traceId]));
  });

  it('should tell the metrics of states and of the followed part that is furthest behind', async () => {
    mastodon.otherwise = ({ target }) =>
      stepResult({ seenUpTo: new Date(Date.now() - (target === 'one.example' ? 5_000 : 100_000)) });
    sut.run();
    const { id } = await sut.start();
    await eventually(async () => {
      const { sources } = await sut.captures.get(id, 't');
      expect(sources.every(({ lag_seconds }) => lag_seconds !== null)).toBe(true);
    });
    await sut.observer.look();
    const read = async (name: string, labels: Record<string, string>) => {
      const { values } = await metricsRegistry.getSingleMetric(name)!.get();
      return values.find((value) => Object.entries(labels).every(([key, want]) => value.labels[key] === want))?.value;
    };
    expect(await read('capture_parts', { source: 'mastodon', state: 'running' })).toBe(2);
    expect(await read('capture_lag_seconds', { source: 'mastodon' })).toBeGreaterThan(99);
    expect(await read('capture_lag_seconds', { source: 'mastodon' })).toBeLessThan(160);
    // It has no plan of its own.
    expect(await read('capture_overdue_seconds', { source: 'mastodon' })).toBeGreaterThan(99);
    await sut.captures.change({ id, tenant: 't', paused: true });
    await sut.observer.look();
    expect(await read('capture_parts', { source: 'mastodon', state: 'running' })).toBe(0);
    expect(await read('capture_parts', { source: 'mastodon', state: 'paused' })).toBe(2);
    expect(await read('capture_lag_seconds', { source: 'mastodon' })).toBe(0);
  });
});
