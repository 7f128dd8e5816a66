import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '#libs/testing';
import { startXSimulator, type XSimulator, type XSimulatorOptions } from '../../../test/simulators/index.js';
import type { CapturePart, StepResult } from '../src/captures/source-driver.js';
import { XSourceDriver } from '../src/sources/x-driver/x-source.driver.js';
import { CaptureRig, type CaptureProcess } from './factories/capture-rig.js';
import { xDrivers } from './factories/x-drivers.factory.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
const never = new AbortController().signal;
const UPSTREAM_TABLES = ['spend', 'reservation', 'billed', 'quota', 'halt', 'page_size'];

describe(XSourceDriver.name, () => {
  let rig: CaptureRig;
  let simulator: XSimulator;
  let process_: CaptureProcess;
  let drivers: ReturnType<typeof xDrivers>;

  beforeAll(async () => {
    vi.stubEnv('MIRANTE_X_DAILY_BUDGET_USD', '1000');
    rig = await CaptureRig.start('ingest_x');
  });

  beforeEach(() => start());

  afterEach(async () => {
    await rig.reset();
    await simulator.close();
    for (const table of UPSTREAM_TABLES) await rig.database.query(`DELETE FROM upstream_${table}`);
  });

  afterAll(async () => {
    await rig?.drop();
    vi.unstubAllEnvs();
  });

  async function start(options: XSimulatorOptions = {}, streams = false): Promise<void> {
    await simulator?.close().catch(() => undefined);
    simulator = await startXSimulator({ search: { retweetsInSearch: true }, ...options });
    const { transactions } = rig.process([]);
    drivers = xDrivers(transactions, simulator);
    process_ = rig.process([drivers.source], streams ? [drivers.stream] : []);
  }

  function write(posts: number, from: number, to = Date.now() - MINUTE): void {
    simulator.timeline.populate({ posts, from, to });
  }

  const truth = (tag = 'lookout') => simulator.truth(tag).posts.map(({ id }) => id).sort(); // prettier-ignore
  const billed = () => simulator.bill().microUsd;
  const spent = () => drivers.ledger.spentToday('x-simulator');
  const reservations = () => rig.database.query('SELECT page_key FROM upstream_reservation WHERE is_standing = 0');
  const stateOf = async () =>
    (await rig.database.query<{ state: string; phase: string; wait_reason: string | null; id: number }>('SELECT id, state, phase, wait_reason FROM capture_part'))[0]!; // prettier-ignore

  async function done(state = 'done', timeoutMs = 20_000): Promise<void> {
    await eventually(async () => expect(await stateOf()).toMatchObject({ state }), { timeoutMs });
  }

  it('should capture all of a week to its end and pay what X charges, to the cent', async () => {
    write(900, Date.now() - 6 * DAY);
    process_.run();
    const capture = await process_.start({ tag: 'lookout', sources: ['x'], mode: 'once' });
    expect(capture.estimate.posts).toBeGreaterThanOrEqual(truth().length);
    await done();
    expect(await rig.storedIds()).toEqual(truth());
    expect(await spent()).toBe(billed());
    expect(capture.estimate.worst_case_usd! * 1e6).toBeGreaterThanOrEqual(await spent());
    expect(await reservations()).toEqual([]);
    expect(simulator.requests).not.toHaveProperty('search 429');
  });

  it('should store posts of the simulator under a source of its own', async () => {
    write(30, Date.now() - DAY);
    process_.run();
    const capture = await process_.start({ tag: 'lookout', sources: ['x'], mode: 'once' });
    await done();
    expect(await rig.database.query('SELECT DISTINCT source, url FROM post')).toEqual([{ source: 4, url: null }]);
    expect((await process_.captures.get(capture.id, 't')).simulated).toBe(true);
  });

  it('should stop by itself before the budget is exceeded and go on when it is raised', async () => {
    write(400, Date.now() - 2 * DAY);
    process_.run();
    const budget = 1.5;
    const capture = await process_.start({ tag: 'lookout', sources: ['x'], mode: 'once', budget_usd: budget });
    await done('stopped');
    expect(await stateOf()).toMatchObject({ wait_reason: 'budget' });
    const shown = (await process_.captures.get(capture.id, 't')).spent_usd;
    const counts = 5_000;
    expect(shown * 1e6).toBe((await spent()) - counts);
    expect(await spent()).toBe(billed());
    expect(shown).toBeLessThanOrEqual(budget);
    expect(shown).toBeGreaterThan(budget - 0.25);
    await process_.captures.change({ id: capture.id, tenant: 't', budget_usd: 50 });
    await done();
    expect(await rig.storedIds()).toEqual(truth());
    expect(await spent()).toBe(billed());
  });

  it('should go on behind the last page after kills between answer and storing, and pay nothing twice', async () => {
    write(700, Date.now() - 3 * DAY);
    const capture = await process_.start({ tag: 'lookout', sources: ['x'], mode: 'once', budget_usd: 15 });
    let seed = 7;
    const random = () => ((seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647); // prettier-ignore
    let kills = 0;
    for (let turn = 0; turn < 200 && (await stateOf()).state !== 'done'; turn++) {
      const [claim] = await process_.parts.claim([drivers.source], 1, 30);
      if (!claim) throw new Error('nothing to claim');
      if (random() < 0.5) {
        // The process dies with the answer in its hands: nothing of it is stored.
        await drivers.source.step(claim, never);
        kills++;
        await rig.database.query('UPDATE capture_part SET lease_until = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND');
        continue;
      }
      await process_.runner.run(claim, never);
    }
    expect(kills).toBeGreaterThan(3);
    expect(await rig.storedIds()).toEqual(truth());
    expect(await reservations()).toEqual([]);
    // A count of posts that was paid for and lost is paid for again.
    expect(await spent()).toBe(billed());
    expect((await process_.captures.get(capture.id, 't')).gaps).toEqual([]);
  });

  it.each(['reset', 'half', 'malformed', 'html', 'unavailable-html', 'unavailable-mislabelled', 'slow-body'] as const)(
    'should be complete and pay right when X fails with %s',
    async (fault) => {
      write(250, Date.now() - DAY);
      simulator.fail({ fault, endpoint: 'search', times: 2, ...(fault === 'slow-body' && { ms: 200 }) });
      process_.run();
      await process_.start({ tag: 'lookout', sources: ['x'], mode: 'once' });
      await done();
      expect(await rig.storedIds()).toEqual(truth());
      expect(await spent()).toBe(billed());
      expect(await reservations()).toEqual([]);
    },
  );

  it('should ask for smaller pages after answers 503', async () => {
    write(300, Date.now() - DAY);
    simulator.fail({ fault: 'unavailable-json', endpoint: 'search', times: 4 });
    process_.run();
    await process_.start({ tag: 'lookout', sources: ['x'], mode: 'once' });
    await done('done', 40_000);
    expect(await rig.database.query('SELECT page_size FROM upstream_page_size')).toEqual([{ page_size: 20 }]);
    expect(await rig.storedIds()).toEqual(truth());
  });

  it('should use the last request of a window and wait for the next one', async () => {
    await start({ limits: { search: { limit: 3, windowMs: 4_000 } } });
    write(700, Date.now() - DAY);
    process_.run();
    await process_.start({ tag: 'lookout', sources: ['x'], mode: 'once' });
    await eventually(async () => expect(await stateOf()).toMatchObject({ wait_reason: 'rate-window' }));
    await done('done', 30_000);
    expect(await rig.storedIds()).toEqual(truth());
    expect(Object.keys(simulator.requests).filter((name) => name.includes('429'))).toEqual([]);
  });

  it.each([
    ['unauthorized', 'auth'],
    ['credits', 'credits'],
    ['forbidden', 'forbidden'],
    ['usage-cap', 'usage-cap'],
  ] as const)('should ask nothing more after %s, in any capture', async (fault, reason) => {
    write(50, Date.now() - DAY);
    simulator.fail({ fault, endpoint: 'search' });
    process_.run();
    for (const tag of ['lookout', 'Miradouro']) {
      const { id } = await process_.start({ tag, sources: ['x'], mode: 'once' });
      await eventually(async () => {
        const { sources } = await process_.captures.get(id, 't');
        expect(sources[0]!.waiting).toMatchObject({ reason });
      });
    }
    const asked = Object.entries(simulator.requests).filter(([name]) => /^search\b/.test(name));
    expect(asked.reduce((sum, [, count]) => sum + count, 0)).toBe(1);
  });

  it('should follow a tag by polls, edits and late posts included', async () => {
    await start({ indexLagMs: 2_000 });
    write(60, Date.now() - 60 * MINUTE);
    process_.run();
    await process_.start({ tag: 'lookout', sources: ['x'], mode: 'follow', every_seconds: 10 });
    await eventually(async () => expect(await stateOf()).toMatchObject({ phase: 'follow', state: 'running' }), { timeoutMs: 20_000 }); // prettier-ignore
    const before = simulator.world.posts.length;
    simulator.timeline.grow(5);
    await eventually(() => simulator.world.posts.length >= before + 20, { timeoutMs: 20_000 });
    simulator.timeline.stop();
    await eventually(async () => expect(await rig.storedIds()).toEqual(truth()), { timeoutMs: 45_000, everyMs: 500 });
    expect(await spent()).toBe(billed());
  });

  describe('steps', () => {
    const partOf = (overrides: Partial<CapturePart>): CapturePart => ({
      captureId: 'c',
      partId: 99,
      source: 'x',
      target: '',
      tag: 'lookout',
      mode: 'follow',
      everySeconds: null,
      from: null,
      phase: 'backfill',
      checkpoint: null,
      pokes: 0,
      createdAt: new Date(),
      budgetMicroUsd: null,
      ...overrides,
    });
    const settled = async (result: StepResult) => {
      await process_.transactions.run(async (tx) => result.settle?.(tx));
      return result;
    };

    it('should tell what cannot be read without the full archive', async () => {
      write(20, Date.now() - DAY);
      const from = new Date(Date.now() - 30 * DAY);
      const { gaps } = await settled(await drivers.source.step(partOf({ from }), never));
      expect(gaps).toMatchObject([{ from, reason: 'older than the 7 days of recent search' }]);
      const days = (gaps[0]!.to.getTime() - from.getTime()) / DAY;
      expect(days).toBeGreaterThan(22.9);
      expect(days).toBeLessThan(23.1);
    });

    it('should read older posts from the full archive when that is allowed', async () => {
      vi.stubEnv('MIRANTE_X_FULL_ARCHIVE', 'true');
      try {
        await start();
        write(300, Date.now() - 20 * DAY);
        process_.run();
        await process_.start({ tag: 'lookout', sources: ['x'], mode: 'once', from: new Date(Date.now() - 21 * DAY).toISOString() }); // prettier-ignore
        await done('done', 40_000);
        expect(await rig.storedIds()).toEqual(truth());
        expect(await spent()).toBe(billed());
      } finally {
        vi.stubEnv('MIRANTE_X_FULL_ARCHIVE', 'false');
      }
    });

    it('should make a gap of a downtime that is longer than X remembers, and none of a quiet week', async () => {
      write(20, Date.now() - DAY);
      const seenUpTo = Date.now() - 9 * DAY;
      const base = { pages: 3, round: null, pokes: 0, recheck: false, verify: null, newestId: null };
      const away = await settled(await drivers.source.step(partOf({ phase: 'follow', checkpoint: { ...base, seenUpTo } }), never)); // prettier-ignore
      expect(away.gaps).toMatchObject([{ from: new Date(seenUpTo) }]);
      const old = ((BigInt(Date.now() - 12 * DAY) - 1_288_834_974_657n) << 22n).toString();
      const quiet = { ...base, newestId: old, seenUpTo: Date.now() - MINUTE };
      const fine = await settled(await drivers.source.step(partOf({ phase: 'follow', checkpoint: quiet }), never));
      expect(fine).toMatchObject({ gaps: [], phase: 'follow' });
    });

    it('should wait with the verdict about a part until X has counted', async () => {
      write(40, Date.now() - DAY);
      const first = await settled(await drivers.source.step(partOf({ mode: 'once' }), never));
      expect(first).toMatchObject({ phase: 'backfill', nextAfterMs: 0 });
      const last = await settled(await drivers.source.step(partOf({ mode: 'once', checkpoint: first.checkpoint }), never)); // prettier-ignore
      expect(last).toMatchObject({ phase: 'done', requests: 1, posts: [] });
    });
  });
});
