import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Capture, Source } from '#libs/contracts';
import { eventually, startServiceProcess, type ServiceProcess } from '#libs/testing';
import { freePorts } from '../../compose/native/src/servers/index.js';
import { repoRoot } from '../../compose/native/src/repo.js';
import { seeded } from '../harness/archive-factory.js';
import { CaptureClient } from '../harness/capture-client.js';
import { figuresOf, ofFediverse, ofSky, ofX, type Truth } from '../harness/capture-truth.js';
import { ApiClient } from '../harness/client.js';
import { KILLS, SEED } from './kills.js';
import { HALTING, PASSING } from './x-faults.js';
import { startStack, type Stack } from '../harness/stack.js';
import {
  startJetstreamSimulator,
  startMastodonSimulator,
  startXSimulator,
  type JetstreamSimulator,
  type MastodonSimulator,
  type XSimulator,
} from '../simulators/index.js';

const CUTS = 50;

/** Tags whose posts come from one source only, so that its truth alone is the truth of the reports. */
const STREAMED = 'lookout';
const POLLED = '展望';
const BUDGETED = 'miradouro';
const FEDERATED = 'mirador';
const SKY = 'atalaia';

const BUDGET_USD = 2;
/** Ten posts, each with its author and a post it refers to with its author. */
const SMALLEST_PAGE_USD = 0.25;
const PATIENTLY = { timeoutMs: 120_000, everyMs: 500 };
const UNLIMITED = { limit: 100_000, windowMs: 900_000 };

describe(`captures under faults (seed ${SEED}, ${KILLS} kills, ${CUTS} cuts)`, () => {
  const random = seeded(SEED);
  const captures: Record<string, Capture> = {};
  let x: XSimulator;
  let fediverse: MastodonSimulator;
  let sky: JetstreamSimulator;
  let stack: Stack;
  let second: ServiceProcess;
  let api: ApiClient;
  let client: CaptureClient;

  beforeAll(async () => {
    x = await startXSimulator({
      seed: SEED,
      search: { retweetsInSearch: true },
      stream: { keepAliveMs: 1_000, split: true, duplicates: 0.1, disorder: 0.2 },
      limits: { search: UNLIMITED, lookup: UNLIMITED, rules: UNLIMITED, stream: UNLIMITED },
      timeline: {
        tags: [
          { tag: STREAMED, weight: 3 },
          { tag: POLLED, weight: 2 },
          { tag: BUDGETED, weight: 2 },
        ],
        // Made to posts that are stored, below: what X charged for and nobody ever saw would be missing from the ledger.
        edits: 0,
        deletions: 0,
        // A count of followers that changes while a page is under way belongs to no moment.
        drift: 0,
      },
    });
    const now = Date.now();
    x.timeline.populate({ posts: 900, from: now - 7_200_000, to: now - 60_000 });
    fediverse = await startMastodonSimulator({
      seed: SEED,
      instances: 5,
      tags: [FEDERATED],
      deletions: 0,
      edits: 0.05,
    });
    fediverse.world.populate({ posts: 200, from: now - 600_000, to: now - 10_000 });
    fediverse.fail([
      { fault: 'closed-401', instance: 3, times: 1_000_000 },
      { fault: 'redirect-private', instance: 4, times: 1_000_000 },
    ]);
    sky = await startJetstreamSimulator({ seed: SEED, tags: [SKY], edits: 0.05, deletions: 0.05 });
    sky.network.populate(100);
    stack = await startStack({
      env: {
        MIRANTE_CAPTURE_LEASE_SECONDS: '2',
        MIRANTE_X_API_BASE_URL: x.url,
        MIRANTE_X_BEARER_TOKEN: x.bearer,
        MIRANTE_X_SIMULATED: 'true',
        MIRANTE_X_STREAM: 'true',
        MIRANTE_X_DAILY_BUDGET_USD: '100000',
        MIRANTE_X_COMPLIANCE_SECONDS: '5',
        MIRANTE_MASTODON_INSTANCES: fediverse.urls.join(','),
        MIRANTE_JETSTREAM_URL: sky.url,
        MIRANTE_BLUESKY_API_URL: sky.apiUrl,
        MIRANTE_EGRESS_ALLOW: '127.0.0.1',
      },
    });
    const [port] = await freePorts(1);
    second = await startServiceProcess({
      entry: join(repoRoot, 'dist', 'services', 'twitter-ingest', 'src', 'main.js'),
      env: { ...stack.envOf('twitter-ingest'), MIRANTE_INTERNAL_PORT: String(port) },
      readyUrl: `http://127.0.0.1:${port}/health/ready`,
    });
    api = new ApiClient(stack.baseUrl);
    client = new CaptureClient(stack.baseUrl);
  });

  afterAll(async () => {
    await second?.kill();
    await stack?.close();
    await Promise.all([x?.close(), fediverse?.close(), sky?.close()]);
  });

  it('should end a capture that X refuses, and wait for nothing where there is nothing', async () => {
    x.fail({ fault: 'invalid-request', endpoint: 'search', containing: '#refused' });
    const refused = await client.start({ tag: 'refused', sources: ['x'], mode: 'once' });
    const quiet = await client.start({ tag: 'nobody_uses_this', sources: ['x'], mode: 'once' });
    await untilPart(refused.id, ({ state, waiting }) => state === 'failed' && waiting?.reason === 'rejected-request');
    await untilPart(quiet.id, ({ state, posts }) => state === 'done' && posts.new === 0);
  });

  it('should stop at its budget, to the cent', async () => {
    const before = x.bill().microUsd;
    const { id } = await client.start({ tag: BUDGETED, sources: ['x'], mode: 'once', budget_usd: BUDGET_USD });
    const estimated = x.bill();
    const capture = await untilPart(id, ({ state, waiting }) => state === 'stopped' && waiting?.reason === 'budget');
    const spent = Math.round(capture.spent_usd * 1_000_000);
    expect(capture.spent_usd).toBeLessThanOrEqual(BUDGET_USD);
    expect(capture.spent_usd).toBeGreaterThan(BUDGET_USD - SMALLEST_PAGE_USD);
    // The estimate was asked for before there was a capture to pay for it.
    const estimate = (estimated.requests > 0 ? 1 : 0) * 5_000;
    expect([spent, spent + estimate]).toContain(x.bill().microUsd - before);
  });

  it('should go on when somebody has dealt with what stopped X', async () => {
    captures[POLLED] = await client.start({ tag: POLLED, sources: ['x'], mode: 'follow', every: '10s' });
    for (const [fault, reason] of HALTING) {
      x.fail({ fault, endpoint: 'search' });
      await untilPart(captures[POLLED].id, ({ waiting }) => waiting?.reason === reason);
      expect(x.faults.met[fault]).toBe(1);
      await letTimePass();
      await untilPart(captures[POLLED].id, ({ state, waiting }) => state === 'running' && waiting === null);
    }
  });

  it(
    'should be complete after faults, cuts, repetitions, edits, deletions and kills',
    async () => {
      captures[STREAMED] = await client.start({ tag: STREAMED, sources: ['x'], mode: 'follow' });
      captures[FEDERATED] = await client.start({ tag: FEDERATED, sources: ['mastodon'], mode: 'follow', every: '10s' });
      captures[SKY] = await client.start({ tag: SKY, sources: ['bluesky'], mode: 'follow' });
      await eventually(async () => expect(x.stream.open).toBe(1), { timeoutMs: 30_000 });
      await meetStreamFaults();

      x.timeline.grow(8);
      fediverse.world.grow(2);
      sky.network.grow({ postsPerSecond: 4, junkPerSecond: 200 });
      x.fail(PASSING.map((fault) => ({ ...fault, endpoint: 'search', after: 1 })));
      fediverse.fail(
        (['too-many', 'unavailable-html', 'html', 'malformed', 'half', 'reset', 'slow-body'] as const).map((fault) => ({
          fault,
          after: 1,
          ms: 1_000,
        })),
      );
      let over = false;
      const monkeys = [killAll().finally(() => (over = true)), cutStreams(() => over), changeStored(() => over)];
      await Promise.all(monkeys);
      await eventually(async () => expect(x.faults.waiting).toEqual([]), { timeoutMs: 60_000, everyMs: 250 });
      x.timeline.stop();
      fediverse.world.stop();
      sky.network.stop();

      expect(x.stream.cutsMade).toBe(CUTS);
      for (const { fault } of PASSING) expect(x.faults.met[fault], fault).toBeGreaterThan(0);
      await untilTrue(STREAMED, 'x-simulator', () => ofX(x.truth(STREAMED)));
      await untilTrue(POLLED, 'x-simulator', () => ofX(x.truth(POLLED)));
      await untilTrue(FEDERATED, 'mastodon', () => ofFediverse(fediverse.truth(FEDERATED, [0, 1, 2])));
      const { sources } = await client.get(captures[FEDERATED].id);
      expect(sources.map(({ waiting }) => waiting?.reason).slice(3)).toEqual(['forbidden', 'refused-address']);
      await untilTrue(SKY, 'bluesky', () => ofSky(sky.truth(SKY)));
    },
    300_000 + KILLS * 20_000,
  );

  it('should have paid for what X charges, to the millionth of a dollar', async () => {
    await eventually(
      async () => {
        const [spent] = await stack.query<{ micro_usd: string }>('twitter-ingest', 'SELECT SUM(micro_usd) AS micro_usd FROM upstream_spend WHERE part_id >= 0'); // prettier-ignore
        expect(Number(spent!.micro_usd)).toBe(x.bill().microUsd);
      },
      { timeoutMs: 30_000, everyMs: 250 },
    );
  });

  async function untilPart(id: string, isSo: (part: Capture['sources'][number]) => boolean): Promise<Capture> {
    return eventually(
      async () => {
        const capture = await client.get(id);
        if (!isSo(capture.sources[0]!)) throw new Error(`the capture is ${JSON.stringify(capture)}`);
        return capture;
      },
      { timeoutMs: 60_000, everyMs: 100 },
    );
  }

  /** What halts a source is tried again within the hour, or on the day its cap is reset: that time comes now. */
  async function letTimePass(): Promise<void> {
    await stack.query('twitter-ingest', 'UPDATE upstream_halt SET probe_at = UTC_TIMESTAMP(3), halted_until = IF(halted_until IS NULL, NULL, UTC_TIMESTAMP(3))'); // prettier-ignore
    await stack.query('twitter-ingest', "UPDATE capture_part SET next_step_at = UTC_TIMESTAMP(6) WHERE state IN ('waiting', 'stopped') AND wait_reason <> 'budget'"); // prettier-ignore
  }

  /** The waits X asks for are minutes; another leader knows nothing of them. */
  async function meetStreamFaults(): Promise<void> {
    for (const [fault, reason] of [
      ['too-many-connections', 'too-many-connections'],
      ['no-rules', 'no-rules'],
    ] as const) {
      x.fail({ fault, endpoint: 'stream' });
      x.stream.cut('end');
      x.timeline.populate({ posts: 20, from: Date.now() - 50, to: Date.now(), firstSlot: 900_000 + x.stream.cutsMade });
      await untilPart(captures[STREAMED]!.id, ({ waiting }) => waiting?.reason === reason);
      await Promise.all([stack.services['twitter-ingest'].restart(), second.restart()]);
      await eventually(async () => expect(x.stream.open).toBe(1), { timeoutMs: 30_000 });
    }
    x.stream.cutsMade = 0;
  }

  /** Each process in its own time: now and then none is left. */
  async function killAll(): Promise<void> {
    const processes = [stack.services['twitter-ingest'], second];
    let kill = 0;
    await Promise.all(
      processes.map(async (victim) => {
        while (kill < KILLS) {
          kill++;
          await new Promise((resolve) => setTimeout(resolve, random() * 2_000));
          await victim.kill();
          await victim.restart();
        }
      }),
    );
  }

  async function cutStreams(isOver: () => boolean): Promise<void> {
    let delivered = -1;
    for (let cut = 0; cut < CUTS;) {
      // A connection that brings nothing is followed by a longer and longer pause.
      if (x.stream.open > 0 && x.stream.cutsWaiting === 0 && x.stream.delivered > delivered) {
        delivered = x.stream.delivered;
        // X allows 50 connections in 15 minutes: the next window opens early.
        if (cut % 10 === 0) await stack.query('twitter-ingest', "UPDATE upstream_quota SET remaining = max_requests WHERE endpoint = 'stream'"); // prettier-ignore
        x.stream.cut('character');
        cut++;
        if (cut % 5 === 0) sky.cut(cut % 2 === 0 ? 'reset' : 'inside-frame');
        if (cut % 10 === 0) sky.junk(cut % 20 === 0 ? 'half-json' : 'binary');
        if (cut % 15 === 0) sky.failProfiles('unavailable-html');
      }
      await new Promise((resolve) => setTimeout(resolve, isOver() ? 50 : 300));
    }
    await eventually(async () => expect(x.stream.cutsWaiting).toBe(0), { timeoutMs: 60_000 });
  }

  /** Edits and deletes posts whose latest version is stored. */
  async function changeStored(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await removeFederated();
      const rows = await stack.query<{ ext_id: string }>('twitter-ingest', 'SELECT ext_id FROM post WHERE source = 4 AND deleted_at IS NULL ORDER BY id DESC LIMIT 300'); // prettier-ignore
      const stored = rows.map(({ ext_id }) => x.world.find(ext_id)).filter((post) => post && x.world.isLatest(post));
      const post = stored[Math.floor(random() * stored.length)];
      if (!post || post.deleted || post.keys.has(BUDGETED)) continue;
      if (random() < 0.5 && !post.reference && post.note === null) x.world.edit(post.id, `${post.text} (edited ✏️)`);
      else if (!x.world.isReferenced(post)) x.world.remove(post.id);
    }
  }

  /** Deletes one of the youngest posts that its own instance has shown: of others nobody could know. */
  async function removeFederated(): Promise<void> {
    const parts = await stack.query<{ seen: string }>('twitter-ingest', "SELECT checkpoint_json AS seen FROM capture_part WHERE source = 'mastodon' AND checkpoint_json IS NOT NULL"); // prettier-ignore
    const uris = parts.flatMap(({ seen }) =>
      (JSON.parse(seen) as { marks: string[][] }).marks.slice(0, 30).flatMap(([, , uri]) => uri ?? []),
    );
    if (random() < 0.3 && uris.length > 0) fediverse.world.remove(uris[Math.floor(random() * uris.length)]!);
  }

  async function untilTrue(tag: string, source: Source, truth: () => Truth): Promise<void> {
    await eventually(async () => expect(await client.posts(tag, source)).toEqual(truth().posts), PATIENTLY);
    await eventually(async () => {
      const { top, ...figures } = await api.figures(tag);
      const known = top.filter(({ followers }) => followers !== null);
      const expected = figuresOf(truth(), tag);
      expect({ ...figures, top: known.slice(0, 15) }).toEqual({ ...expected, top: expected.top.slice(0, 15) });
    }, PATIENTLY);
  }
});
