import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually } from '#libs/testing';
import { CaptureWorker } from '../src/captures/capture-worker.service.js';
import { UpstreamError } from '../src/captures/upstream.errors.js';
import { CaptureRig, ScriptedDriver, stepResult, type CaptureProcess } from './factories/capture-rig.js';
import { incomingPost } from './factories/incoming-post.factory.js';

describe(CaptureWorker.name, () => {
  let rig: CaptureRig;

  beforeAll(async () => {
    rig = await CaptureRig.start('ingest_captures');
  });

  afterEach(() => rig.reset());

  afterAll(() => rig?.drop());

  const part = async (sut: CaptureProcess, id: string) => (await sut.captures.get(id, 't')).sources[0]!;

  it('should collect page after page with its checkpoint and end a capture that is asked for once', async () => {
    const driver = new ScriptedDriver();
    driver.otherwise = ({ checkpoint }) => {
      const page = Number(checkpoint?.['page'] ?? 0) + 1;
      const posts = [incomingPost({ extId: `${page}` })];
      return stepResult({ posts, checkpoint: { page }, phase: page === 5 ? 'done' : 'backfill', nextAfterMs: 0 });
    };
    const sut = rig.process([driver]).run();
    const { id } = await sut.start({ mode: 'once' });
    await eventually(async () => {
      expect(await sut.captures.get(id, 't')).toMatchObject({ state: 'done', finished_at: expect.any(String) });
    });
    expect(await sut.captures.get(id, 't')).toMatchObject({
      sources: [{ phase: 'done', posts: { new: 5, duplicate: 0 }, requests: 5, last_post_at: '2022-01-01T00:00:00.000Z' }],
    }); // prettier-ignore
    expect(await rig.storedIds()).toEqual(['1', '2', '3', '4', '5']);
    expect(await rig.database.query('SELECT id FROM outbox')).toHaveLength(5);
  });

  it('should repeat a step whose source answers badly, and show why it waits', async () => {
    const driver = new ScriptedDriver();
    driver.script.push(() => {
      throw new UpstreamError('upstream-unavailable', 'retry', 'it answers 503', { requests: 2, until: new Date(Date.now() + 400) }); // prettier-ignore
    });
    const sut = rig.process([driver]).run();
    const { id } = await sut.start();
    await eventually(async () => {
      expect((await sut.captures.get(id, 't')).sources[0]).toMatchObject({
        state: 'waiting',
        waiting: { reason: 'upstream-unavailable', detail: 'it answers 503', until: expect.any(String) },
      });
    });
    await eventually(async () => {
      const { state, sources } = await sut.captures.get(id, 't');
      expect({ state, ...sources[0] }).toMatchObject({ state: 'running', waiting: null, requests: 3 });
    });
  });

  it('should try a halted source again within the hour and no earlier', async () => {
    const driver = new ScriptedDriver();
    driver.otherwise = () => {
      throw new UpstreamError('auth', 'halt-source', 'the token is refused');
    };
    const sut = rig.process([driver]).run();
    await sut.start();
    const [row] = await eventually(async () => {
      const rows = await rig.database.query<{ seconds: number }>(
        "SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(6), next_step_at) AS seconds FROM capture_part WHERE state = 'stopped'",
      );
      expect(rows).toHaveLength(1);
      return rows;
    });
    expect(row!.seconds).toBeGreaterThan(3_500);
    expect(row!.seconds).toBeLessThanOrEqual(3_600);
  });

  it('should wake the other captures of a source as soon as one finds it well again', async () => {
    const driver = new ScriptedDriver();
    let refused = true;
    driver.otherwise = () => {
      if (refused) throw new UpstreamError('auth', 'halt-source', 'the token is refused');
      return stepResult();
    };
    const sut = rig.process([driver]).run();
    const ids = [(await sut.start()).id, (await sut.start()).id, (await sut.start()).id];
    await eventually(async () => {
      for (const id of ids) expect((await part(sut, id)).state).toBe('stopped');
    });
    refused = false;
    await rig.database.query('UPDATE capture_part SET next_step_at = UTC_TIMESTAMP(6) WHERE capture_id = ?', [ids[0]]);
    await eventually(async () => {
      for (const id of ids) expect((await part(sut, id)).state).toBe('running');
    });
  });

  it('should go on after an error of a driver, without telling the owner its text', async () => {
    const driver = new ScriptedDriver();
    driver.script.push(() => {
      throw new TypeError('x is not a function, token=abc');
    });
    const sut = rig.process([driver]).run();
    const { id } = await sut.start();
    await eventually(async () => expect((await part(sut, id)).waiting?.reason).toBe('internal'));
    expect((await part(sut, id)).waiting?.detail).not.toContain('token');
    await eventually(async () => expect(await part(sut, id)).toMatchObject({ state: 'running', waiting: null }));
  });

  it('should give up on a source that does not answer', async () => {
    vi.stubEnv('MIRANTE_CAPTURE_STEP_SECONDS', '1');
    const driver = new ScriptedDriver();
    driver.script.push((_, stop) => new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(new Error('aborted'))))); // prettier-ignore
    const sut = rig.process([driver]).run();
    const { id } = await sut.start();
    await eventually(async () => {
      expect((await part(sut, id)).waiting).toMatchObject({
        reason: 'network',
        detail: expect.stringContaining('1 s'),
      });
    });
    vi.stubEnv('MIRANTE_CAPTURE_STEP_SECONDS', '60');
  });

  it('should take over from a frozen process and shut it out', async () => {
    const frozenDriver = new ScriptedDriver();
    const frozen = rig.process([frozenDriver]);
    const { id } = await frozen.start();
    const [claim] = await frozen.parts.claim([frozenDriver], 1, 1);
    const driver = new ScriptedDriver();
    let finish!: () => void;
    driver.otherwise = async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      return stepResult({ posts: [incomingPost({ extId: 'new' })], checkpoint: { by: 'next' } });
    };
    const next = rig.process([driver]).run();
    await eventually(() => expect(driver.asked).toHaveLength(1));

    const settled: string[] = [];
    frozenDriver.otherwise = () =>
      stepResult({
        posts: [incomingPost({ extId: 'late' })],
        checkpoint: { by: 'frozen' },
        settle: () => Promise.resolve(settled.push('frozen')),
      });
    // Once while the successor works, once when it is through.
    await frozen.runner.run(claim!, new AbortController().signal);
    expect(await rig.storedIds()).toEqual([]);
    finish();
    await eventually(async () => expect(await rig.storedIds()).toEqual(['new']));
    await frozen.runner.run(claim!, new AbortController().signal);
    expect(settled).toEqual(['frozen', 'frozen']);
    expect(await rig.storedIds()).toEqual(['new']);
    expect(await rig.database.query('SELECT checkpoint_json, spent_micro_usd FROM capture_part')).toEqual([
      { checkpoint_json: '{"by":"next"}', spent_micro_usd: 0 },
    ]);
    expect((await part(next, id)).posts.new).toBe(1);
  });

  it('should keep the lease of a step that takes long', async () => {
    const slow = new ScriptedDriver();
    let finish!: () => void;
    slow.script.push(async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      return stepResult({ posts: [incomingPost({ extId: 'slow' })] });
    });
    const first = rig.process([slow]).run();
    await first.start();
    await eventually(() => expect(slow.asked).toHaveLength(1));
    const other = new ScriptedDriver();
    rig.process([other]).run();
    const leases = new Set<string>();
    await eventually(async () => {
      const [row] = await rig.database.query<{ lease: string }>('SELECT CAST(lease_until AS CHAR) AS lease FROM capture_part'); // prettier-ignore
      leases.add(row!.lease);
      // Renewed more often than it could have run out.
      expect(leases.size).toBeGreaterThan(4);
    }, { timeoutMs: 10_000 }); // prettier-ignore
    expect(other.asked).toEqual([]);
    finish();
    await eventually(async () => expect(await rig.storedIds()).toEqual(['slow']));
  });

  it('should share the work between processes without doing any of it twice', async () => {
    const pages = new Map<string, number>();
    const drivers = [new ScriptedDriver(), new ScriptedDriver()];
    for (const driver of drivers) {
      driver.otherwise = async ({ partId, checkpoint }) => {
        const page = Number(checkpoint?.['page'] ?? 0) + 1;
        const key = `${partId}-${page}`;
        pages.set(key, (pages.get(key) ?? 0) + 1);
        return stepResult({
          posts: [incomingPost({ extId: key })],
          checkpoint: { page },
          phase: page === 10 ? 'done' : 'backfill',
          nextAfterMs: 0,
        });
      };
    }
    const processes = drivers.map((driver) => rig.process([driver]));
    const ids = await Promise.all(Array.from({ length: 20 }, () => processes[0]!.start({ mode: 'once' })));
    processes.forEach((process) => process.run());
    await eventually(async () => {
      for (const { id } of ids) expect((await processes[1]!.captures.get(id, 't')).state).toBe('done');
    }, { timeoutMs: 20_000 }); // prettier-ignore
    expect(pages.size).toBe(200);
    expect([...pages.values()].every((times) => times === 1)).toBe(true);
    expect(await rig.storedIds()).toHaveLength(200);
    for (const driver of drivers) expect(driver.asked.length).toBeGreaterThan(0);
  });

  it('should give work back when its process ends', async () => {
    const stuck = new ScriptedDriver();
    stuck.otherwise = (_, stop) => new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(new Error('aborted')))); // prettier-ignore
    const ending = rig.process([stuck]).run();
    const { id } = await ending.start();
    await eventually(() => expect(stuck.asked).toHaveLength(1));
    await ending.stop();
    expect(await rig.database.query('SELECT lease_until, state, attempts FROM capture_part')).toEqual([
      { lease_until: null, state: 'running', attempts: 0 },
    ]);
    const driver = new ScriptedDriver();
    const next = rig.process([driver]).run();
    await eventually(async () => expect((await part(next, id)).requests).toBe(1), { timeoutMs: 1_500 });
  });

  it('should store the answer a step gets while its process ends', async () => {
    const driver = new ScriptedDriver();
    let finish!: () => void;
    driver.script.push(async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      return stepResult({ posts: [incomingPost({ extId: 'paid' })] });
    });
    const sut = rig.process([driver]).run();
    await sut.start();
    await eventually(() => expect(driver.asked).toHaveLength(1));
    const ended = sut.stop();
    finish();
    await ended;
    expect(await rig.storedIds()).toEqual(['paid']);
  });

  it('should keep its schedule over a restart', async () => {
    const driver = new ScriptedDriver();
    const first = rig.process([driver]).run();
    const { id } = await first.start({ every_seconds: 3_600 });
    await eventually(async () => expect((await part(first, id)).requests).toBe(1));
    await first.stop();
    const due = () => rig.database.query('SELECT CAST(next_step_at AS CHAR) AS due, checkpoint_json FROM capture_part');
    const before = await due();
    const second = rig.process([driver]).run();
    const { id: other } = await second.start();
    await eventually(async () => expect((await part(second, other)).requests).toBe(1));
    expect((await due())[0]).toEqual(before[0]);
    expect(driver.asked).toHaveLength(2);
  });

  it('should say that a source is gone from the configuration, and not mix simulated with real posts', async () => {
    const simulated = new ScriptedDriver({ source: 'x', storedAs: 'x-simulator' });
    const first = rig.process([simulated]).run();
    const { id } = await first.start({ sources: ['x'] });
    await eventually(async () => expect((await part(first, id)).requests).toBe(1));
    expect(await first.captures.get(id, 't')).toMatchObject({ simulated: true });
    await first.stop();
    await rig.database.query('UPDATE capture_part SET next_step_at = UTC_TIMESTAMP(6)');
    const real = new ScriptedDriver({ source: 'x' });
    const second = rig.process([real]).run();
    const { id: other } = await second.start({ sources: ['x'] });
    await eventually(async () => expect((await part(second, other)).requests).toBe(1));
    expect(real.asked.map(({ captureId }) => captureId)).toEqual([other]);
    expect(await part(second, id)).toMatchObject({
      state: 'stopped',
      waiting: { reason: 'auth', detail: expect.stringContaining('simulator') },
    });
  });
});
