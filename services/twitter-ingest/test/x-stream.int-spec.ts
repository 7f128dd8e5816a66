import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '#libs/testing';
import { startXSimulator, type XSimulator } from '../../../test/simulators/index.js';
import { XStreamDriver } from '../src/sources/x-driver/x-stream.driver.js';
import { CaptureRig, type CaptureProcess } from './factories/capture-rig.js';
import { xDrivers } from './factories/x-drivers.factory.js';

const UPSTREAM_TABLES = ['spend', 'reservation', 'billed', 'quota', 'halt', 'page_size'];
const MINUTE = 60_000;
const never = new AbortController().signal;

describe(XStreamDriver.name, () => {
  let rig: CaptureRig;
  let simulator: XSimulator;
  let process_: CaptureProcess;
  let drivers: ReturnType<typeof xDrivers>;

  beforeAll(async () => {
    vi.stubEnv('MIRANTE_X_DAILY_BUDGET_USD', '1000');
    rig = await CaptureRig.start('ingest_xstream');
  });

  beforeEach(async () => {
    vi.stubEnv('MIRANTE_X_STREAM', 'true');
    simulator = await startXSimulator({
      search: { retweetsInSearch: true },
      stream: { split: true, duplicates: 0.1, disorder: 0.1, keepAliveMs: 500 },
      timeline: { deletions: 0, edits: 0 },
    });
    start();
  });

  afterEach(async () => {
    simulator.timeline.stop();
    await rig.reset();
    await simulator.close();
    for (const table of UPSTREAM_TABLES) await rig.database.query(`DELETE FROM upstream_${table}`);
  });

  afterAll(async () => {
    await rig?.drop();
    vi.unstubAllEnvs();
  });

  function start(): void {
    const { transactions } = rig.process([]);
    drivers = xDrivers(transactions, simulator);
    process_ = rig.process([drivers.source], [drivers.stream]);
  }

  const follow = (overrides = {}) => process_.start({ tag: 'lookout', sources: ['x'], mode: 'follow', ...overrides });
  const truth = (tag = 'lookout') => simulator.truth(tag).posts.map(({ id }) => id).sort(); // prettier-ignore
  const rules = async () => (await drivers.api.rules(never)).map(({ value }) => value).sort();
  const spent = () => drivers.ledger.spentToday('x-simulator');
  const live = async (id: string) => (await process_.captures.get(id, 't')).sources[0]!;
  const connected = (id: string) =>
    eventually(async () => expect(await live(id)).toMatchObject({ phase: 'follow', live: true }), { timeoutMs: 15_000 }); // prettier-ignore

  it('should bring posts within seconds, and pay what X charges', async () => {
    process_.run();
    const { id } = await follow();
    await connected(id);
    simulator.timeline.grow(20);
    await eventually(() => simulator.world.posts.length >= 100, { timeoutMs: 20_000 });
    simulator.timeline.stop();
    await eventually(async () => expect(await rig.storedIds()).toEqual(truth()), { timeoutMs: 5_000 });
    await eventually(async () => expect(await spent()).toBe(simulator.bill().microUsd));
    expect((await live(id)).lag_seconds ?? 99).toBeLessThan(10);
  });

  it('should be complete after cuts of every kind, with the net of polls beneath it', async () => {
    process_.run();
    const { id } = await follow();
    await connected(id);
    simulator.timeline.grow(20);
    for (const cut of ['character', 'end', 'disconnect', 'reset', 'character'] as const) {
      const before = simulator.stream.cutsMade;
      simulator.stream.cut(cut);
      await eventually(() => simulator.stream.cutsMade > before, { timeoutMs: 30_000 });
    }
    simulator.timeline.stop();
    await eventually(async () => expect(await rig.storedIds()).toEqual(truth()), { timeoutMs: 50_000, everyMs: 250 });
    await eventually(async () => expect(await spent()).toBe(simulator.bill().microUsd));
    expect((await process_.captures.get(id, 't')).gaps).toEqual([]);
  });

  it('should keep its rules equal to what is followed and leave those of others alone', async () => {
    await drivers.api.changeRules({ add: [{ value: 'cats', tag: 'somebody else' }] }, never);
    process_.run();
    const first = await follow();
    await connected(first.id);
    expect(await rules()).toEqual(['#lookout', 'cats']);
    const second = await follow({ tag: 'miradouro' });
    await eventually(async () => expect(await rules()).toEqual(['#lookout', '#miradouro', 'cats']), {
      timeoutMs: 20_000,
      everyMs: 500,
    });
    await process_.captures.change({ id: first.id, tenant: 't', paused: true });
    await eventually(async () => expect(await rules()).toEqual(['#miradouro', 'cats']), {
      timeoutMs: 20_000,
      everyMs: 500,
    });
    expect((await live(second.id)).state).toBe('running');
  });

  it('should leave the stream in time when the budget of a capture is used up', async () => {
    process_.run();
    const { id } = await follow({ budget_usd: 1 });
    await connected(id);
    simulator.timeline.grow(10);
    await eventually(async () => expect(await rules()).toEqual([]), { timeoutMs: 40_000, everyMs: 500 });
    simulator.timeline.stop();
    await eventually(async () => expect(await spent()).toBe(simulator.bill().microUsd));
    const { spent_usd } = await process_.captures.get(id, 't');
    expect(spent_usd).toBeLessThanOrEqual(1);
    expect(spent_usd).toBeGreaterThan(0.5);
  });

  it('should not stream for a capture that names an interval', async () => {
    process_.run();
    const { id } = await follow({ every_seconds: 30 });
    await eventually(async () => expect(await live(id)).toMatchObject({ phase: 'follow' }), { timeoutMs: 15_000 });
    expect(drivers.stream.follows({ tag: 'a', mode: 'follow', everySeconds: 30, from: null })).toBe(false);
    expect(await rules()).toEqual([]);
  });

  it('should wait when X allows no further connection, and say so', async () => {
    simulator.fail({ fault: 'too-many-connections', endpoint: 'stream' });
    process_.run();
    const { id } = await follow();
    await eventually(async () => expect((await live(id)).waiting).toMatchObject({ reason: 'too-many-connections' }), {
      timeoutMs: 15_000,
    });
    expect((await live(id)).waiting!.until).not.toBeNull();
  });

  it('should go on in another process from where the first one ended', async () => {
    simulator.timeline.populate({ posts: 20, from: Date.now() - 30 * MINUTE, to: Date.now() - MINUTE });
    process_.run();
    const { id } = await follow();
    await connected(id);
    simulator.timeline.grow(10);
    await eventually(async () => (await rig.storedIds()).length > 25, { timeoutMs: 20_000 });
    await process_.stop();
    start();
    process_.run();
    await connected(id);
    simulator.timeline.stop();
    await eventually(async () => expect(await rig.storedIds()).toEqual(truth()), { timeoutMs: 50_000, everyMs: 250 });
  });
});
