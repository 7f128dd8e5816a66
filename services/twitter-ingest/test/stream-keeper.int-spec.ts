import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import type { StreamBatch, StreamDriver, StreamLead } from '../src/captures/source-driver.js';
import { StreamKeeper } from '../src/captures/stream-keeper.service.js';
import { UpstreamError } from '../src/captures/upstream.errors.js';
import { CaptureRig, ScriptedDriver, stepResult } from './factories/capture-rig.js';
import { incomingPost } from './factories/incoming-post.factory.js';

/** A stream whose test holds its lead. */
class ScriptedStream implements StreamDriver {
  readonly source = 'bluesky';
  readonly storedAs = 'bluesky';
  readonly key = 'jetstream';
  readonly leads: StreamLead[] = [];
  ended = 0;
  begin: (lead: StreamLead) => Promise<void> = (lead) => lead.catchUp();

  follows(ask: { everySeconds: number | null }): boolean {
    return ask.everySeconds === null;
  }

  async run(lead: StreamLead, stop: AbortSignal): Promise<void> {
    this.leads.push(lead);
    await this.begin(lead);
    if (!stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
    this.ended++;
  }
}

describe(StreamKeeper.name, () => {
  let rig: CaptureRig;

  beforeAll(async () => {
    rig = await CaptureRig.start('ingest_streams');
  });

  afterEach(() => rig.reset());

  afterAll(() => rig?.drop());

  const post = (extId: string) => incomingPost({ extId, source: 'bluesky' });

  function batch(cursor: number, overrides: Partial<StreamBatch> = {}): StreamBatch {
    return { items: [], deletions: [], invalid: 0, cursor: { at: cursor }, seenUpTo: new Date(), ...overrides };
  }

  /** A process that reads a stream and polls beside it. */
  function process() {
    const stream = new ScriptedStream();
    const driver = new ScriptedDriver({ source: 'bluesky' });
    return { stream, driver, sut: rig.process([driver], [stream]) };
  }

  async function led(stream: ScriptedStream): Promise<StreamLead> {
    return eventually(() => stream.leads.at(-1) ?? Promise.reject(new Error('no lead yet')));
  }

  it('should read a stream only while something is followed over it', async () => {
    const { sut, stream } = process();
    sut.run();
    const polled = await sut.start({ sources: ['bluesky'], every_seconds: 60 });
    const once = await sut.start({ sources: ['bluesky'], mode: 'once' });
    await eventually(async () => expect((await sut.captures.get(polled.id, 't')).sources[0]!.requests).toBe(1));
    expect(stream.leads).toHaveLength(0);
    const { id } = await sut.start({ sources: ['bluesky'] });
    const lead = await led(stream);
    expect((await lead.followed()).map(({ captureId }) => captureId)).toEqual([id]);
    expect(once.sources[0]!.live).toBe(false);
    await sut.captures.change({ id, tenant: 't', paused: true });
    await eventually(() => expect(stream.ended).toBe(1));
    await sut.captures.change({ id, tenant: 't', paused: false });
    await eventually(() => expect(stream.leads).toHaveLength(2));
  });

  it('should store what a stream brings for each part, with its cursor and its costs', async () => {
    const { sut, stream } = process();
    sut.run();
    const first = await sut.start({ sources: ['bluesky'], tag: 'cats' });
    const second = await sut.start({ sources: ['bluesky'], tag: 'dogs' });
    const lead = await led(stream);
    await eventually(async () => expect(await lead.followed()).toHaveLength(2));
    const [cats, dogs] = await lead.followed();
    await lead.save(
      batch(7, {
        items: [
          { partId: cats!.partId, posts: [post('1'), post('2')] },
          { partId: dogs!.partId, posts: [post('2')] },
        ],
        invalid: 1,
        settle: () => Promise.resolve([{ partId: dogs!.partId, microUsd: 5_000 }]),
      }),
    );
    expect(lead.cursor).toEqual({ at: 7 });
    expect(await rig.storedIds()).toEqual(['1', '2']);
    expect(await sut.captures.get(first.id, 't')).toMatchObject({
      sources: [{ live: true, posts: { new: 2, duplicate: 0 }, last_post_at: '2022-01-01T00:00:00.000Z' }],
      spent_usd: 0,
    });
    expect(await sut.captures.get(second.id, 't')).toMatchObject({
      sources: [{ posts: { new: 0, duplicate: 1 } }],
      spent_usd: 0.005,
    });
    const tags = await rig.database.query<{ tag_key: string; ext_id: string }>(
      `SELECT t.tag_key, p.ext_id FROM post_tag x JOIN tag t ON t.id = x.tag_id JOIN post p ON p.id = x.post_id
        WHERE t.tag_key IN ('cats', 'dogs') ORDER BY 1, 2`,
    );
    expect(tags.map(({ tag_key, ext_id }) => `${tag_key} ${ext_id}`)).toEqual(['cats 1', 'cats 2', 'dogs 2']);
    expect(await rig.database.query('SELECT cursor_json FROM stream_lead')).toEqual([{ cursor_json: '{"at":7}' }]);
  });

  it('should delete what is stored, count it for the captures of its tag, and remember nothing else', async () => {
    const { sut, stream } = process();
    sut.run();
    const { id } = await sut.start({ sources: ['bluesky'] });
    const lead = await led(stream);
    const [part] = await lead.followed();
    await lead.save(batch(1, { items: [{ partId: part!.partId, posts: [post('1'), post('2')] }] }));
    const deletions = ['2', '3', 'unknown', 'another'].map((extId) => ({ source: 'bluesky' as const, extId, deletedAt: 1e12 })); // prettier-ignore
    await lead.save(batch(2, { items: [{ partId: part!.partId, posts: [post('3')] }], deletions }));
    expect(await rig.storedIds()).toEqual(['1']);
    expect((await sut.captures.get(id, 't')).sources[0]!.posts).toEqual({ new: 3, duplicate: 0, invalid: 0, deleted: 2 }); // prettier-ignore
    const graves = await rig.database.query<{ ext_id: string }>('SELECT ext_id FROM post_tombstone ORDER BY ext_id');
    expect(graves.map((row) => row.ext_id)).toEqual(['2', '3']);
    await lead.save(batch(3, { deletions }));
    expect((await sut.captures.get(id, 't')).sources[0]!.posts.deleted).toBe(2);
  });

  it('should have one leader over all processes, and hand over with the cursor', async () => {
    const processes = [process(), process()];
    processes.forEach(({ sut }) => sut.run());
    const { id } = await processes[0]!.sut.start({ sources: ['bluesky'] });
    const leader = await eventually(() => processes.find(({ stream }) => stream.leads.length > 0) ?? Promise.reject(new Error('nobody leads'))); // prettier-ignore
    const standby = processes.find((other) => other !== leader)!;
    const [part] = await leader.stream.leads[0]!.followed();
    await leader.stream.leads[0]!.save(batch(41, { items: [{ partId: part!.partId, posts: [post('1')] }] }));
    expect(standby.stream.leads).toHaveLength(0);
    await leader.sut.stop();
    const next = await led(standby.stream);
    expect(next.cursor).toEqual({ at: 41 });
    expect((await standby.sut.captures.get(id, 't')).sources[0]!.posts.new).toBe(1);
  });

  it('should fence off a leader that was frozen', async () => {
    const { sut, stream } = process();
    sut.run();
    await sut.start({ sources: ['bluesky'] });
    const frozen = await led(stream);
    const [part] = await frozen.followed();
    await frozen.save(batch(1));
    // As if this process had slept through its lease and another had come and gone.
    await rig.database.query('UPDATE stream_lead SET fence = fence + 1');
    const late = batch(2, { items: [{ partId: part!.partId, posts: [post('late')] }] });
    await expect(frozen.save(late)).rejects.toThrow('lost');
    await expect(frozen.catchUp()).rejects.toThrow('lost');
    await expect(frozen.waiting(new Error('x'), null)).rejects.toThrow('lost');
    await expect(frozen.gap({ from: new Date(0), to: new Date(1), reason: 'r' })).rejects.toThrow('lost');
    expect(await rig.storedIds()).toEqual([]);
    expect(await rig.database.query('SELECT id FROM capture_gap')).toEqual([]);
    expect(await rig.database.query('SELECT cursor_json FROM stream_lead')).toEqual([{ cursor_json: '{"at":1}' }]);
    await eventually(() => expect(stream.ended).toBe(1));
  });

  it('should poll every followed part after a reconnect, also one that is being polled', async () => {
    const { sut, stream, driver } = process();
    let finish: (() => void) | undefined;
    driver.otherwise = async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      return stepResult();
    };
    sut.run();
    const { id } = await sut.start({ sources: ['bluesky'] });
    const lead = await led(stream);
    await eventually(() => expect(finish).toBeDefined());
    const before = driver.asked.length;
    await lead.catchUp();
    finish!();
    await eventually(() => expect(driver.asked.length).toBe(before + 1));
    finish!();
    await eventually(async () => expect((await sut.captures.get(id, 't')).sources[0]!.requests).toBe(before + 1));
  });

  it('should show its owners that a stream waits, and for how long', async () => {
    const { sut, stream } = process();
    sut.run();
    const { id } = await sut.start({ sources: ['bluesky'] });
    const lead = await led(stream);
    await eventually(async () => expect((await sut.captures.get(id, 't')).sources[0]).toMatchObject({ live: true, waiting: null })); // prettier-ignore
    const error = new UpstreamError('too-many-connections', 'wait', 'another connection is open');
    await lead.waiting(error, new Date(Date.now() + 60_000));
    expect((await sut.captures.get(id, 't')).sources[0]).toMatchObject({
      state: 'waiting',
      live: false,
      waiting: { reason: 'too-many-connections', detail: 'another connection is open', until: expect.any(String) },
    });
    await lead.waiting(new UpstreamError('auth', 'halt-source', 'refused'), null);
    expect((await sut.captures.get(id, 't')).sources[0]).toMatchObject({ state: 'stopped', waiting: { until: null } });
    await lead.waiting(new Error('secret=1'), null);
    expect((await sut.captures.get(id, 't')).sources[0]!.waiting).toMatchObject({ reason: 'internal', detail: expect.not.stringContaining('secret') }); // prettier-ignore
    await lead.catchUp();
    expect((await sut.captures.get(id, 't')).sources[0]).toMatchObject({ state: 'running', live: true, waiting: null });
  });

  it('should record a gap for every followed capture', async () => {
    const { sut, stream } = process();
    sut.run();
    const captures = [await sut.start({ sources: ['bluesky'] }), await sut.start({ sources: ['bluesky'] })];
    const lead = await led(stream);
    await eventually(async () => expect(await lead.followed()).toHaveLength(2));
    await lead.gap({ from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-01-01T00:01:00Z'), reason: 'cursor' });
    for (const { id } of captures) {
      expect(await sut.captures.get(id, 't')).toMatchObject({ gap_seconds: 60, gaps: [{ reason: 'cursor' }] });
    }
  });

  it('should stop a capture that has spent its budget over the stream', async () => {
    const { sut, stream } = process();
    sut.run();
    const { id } = await sut.start({ sources: ['bluesky'], budget_usd: 0.01 });
    const lead = await led(stream);
    const [part] = await lead.followed();
    const pay = (microUsd: number) => () => Promise.resolve([{ partId: part!.partId, microUsd }]);
    await lead.save(batch(1, { settle: pay(9_999) }));
    expect((await sut.captures.get(id, 't')).state).toBe('running');
    await lead.save(batch(2, { settle: pay(1) }));
    expect(await sut.captures.get(id, 't')).toMatchObject({
      state: 'stopped',
      spent_usd: 0.01,
      sources: [{ waiting: { reason: 'budget', until: null } }],
    });
    await eventually(() => expect(stream.ended).toBe(1));
    expect(await lead.followed()).toEqual([]);
  });

  it('should go on after a driver that failed', async () => {
    const { sut, stream } = process();
    stream.begin = () => Promise.reject(new Error('unexpected'));
    sut.run();
    await sut.start({ sources: ['bluesky'] });
    await eventually(() => expect(stream.leads).toHaveLength(1));
    stream.begin = (lead) => lead.catchUp();
    await eventually(() => expect(stream.leads).toHaveLength(2), { timeoutMs: 10_000 });
    await eventually(async () => expect(await rig.database.query('SELECT owner FROM stream_lead WHERE opened_at IS NOT NULL')).toHaveLength(1)); // prettier-ignore
  });
});
