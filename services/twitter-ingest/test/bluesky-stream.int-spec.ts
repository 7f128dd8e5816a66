import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tagKey } from '#libs/contracts';
import { eventually } from '#libs/testing';
import {
  startJetstreamSimulator,
  type JetstreamSimulator,
  type JetstreamSimulatorOptions,
} from '../../../test/simulators/index.js';
import type { FollowedPart } from '../src/captures/source-driver.js';
import type { UpstreamError } from '../src/captures/upstream.errors.js';
import { BlueskyProfiles } from '../src/sources/bluesky/bluesky-profiles.service.js';
import { BlueskyStreamDriver } from '../src/sources/bluesky/bluesky-stream.driver.js';
import { TakenResolver } from '../src/sources/bluesky/taken-resolver.service.js';
import { Lead, Shelf } from './factories/bluesky-rig.js';

const TAG = 'lookout';

describe('BlueskyStreamDriver', () => {
  let simulator: JetstreamSimulator;
  let shelf: Shelf;
  let lead: Lead;
  let stop: AbortController;
  let running: Promise<void>;

  const start = async (options: JetstreamSimulatorOptions = {}) => {
    simulator = await startJetstreamSimulator({ tags: [TAG], edits: 0.05, deletions: 0.05, ...options });
    process.env.MIRANTE_EGRESS_ALLOW = '127.0.0.1';
    process.env.MIRANTE_JETSTREAM_URL = simulator.url;
    process.env.MIRANTE_BLUESKY_API_URL = simulator.apiUrl;
  };
  const part = (since = new Date()): FollowedPart => ({
    partId: 1,
    captureId: 'c',
    tag: TAG,
    tagKey: tagKey(TAG),
    budgetMicroUsd: null,
    since,
  });
  const run = () => {
    stop = new AbortController();
    const driver = new BlueskyStreamDriver(new BlueskyProfiles(), new TakenResolver(shelf.known));
    running = driver.run(lead, stop.signal);
    running.catch(() => undefined);
  };
  const truth = () => simulator.truth(TAG).posts.map(({ uri, text }) => `${uri} ${text}`).toSorted(); // prettier-ignore
  const complete = () => eventually(async () => expect(shelf.texts).toEqual(truth()));
  const connected = () => eventually(async () => expect(simulator.connections.open).toBe(1));

  beforeEach(() => {
    shelf = new Shelf();
    lead = new Lead(shelf, [part()]);
    stop = new AbortController();
    running = Promise.resolve();
  });
  afterEach(async () => {
    stop.abort();
    await running.catch(() => undefined);
    await simulator.close();
  });

  describe('with a network that grows', () => {
    it('should bring the posts of the tag, follow edits and deletions, and name the authors', async () => {
      await start();
      run();
      await connected();
      for (let n = 0; n < 300; n++) {
        simulator.network.write();
        simulator.network.writeJunk();
      }
      await complete();
      const { authors } = simulator.truth(TAG);
      await eventually(async () => {
        const seen = new Map([...shelf.posts.values()].map(({ author }) => [author.extId, author]));
        expect(authors.map(({ did }) => [seen.get(did)?.username, seen.get(did)?.followers])).toEqual(
          authors.map(({ handle, followers }) => [handle, followers]),
        );
      });
      expect(lead.gaps).toEqual([]);
    });

    it('should lose nothing and store nothing broken over cuts and rubbish', { timeout: 60_000 }, async () => {
      await start();
      run();
      simulator.network.grow({ postsPerSecond: 100, junkPerSecond: 200 });
      const cuts = ['close', 'reset', 'inside-frame', 'going-away'] as const;
      const junk = ['not-json', 'half-json', 'binary', 'huge', 'wrong-shape'] as const;
      for (let n = 0; n < 10; n++) {
        const before = simulator.connections.ever;
        await connected();
        simulator.junk(junk[n % junk.length]!);
        await eventually(
          async () => {
            // A reader that is still catching up is not cut.
            if (simulator.connections.ever === before) simulator.cut(cuts[n % cuts.length]);
            expect(simulator.connections.ever).toBeGreaterThan(before);
          },
          { timeoutMs: 20_000, everyMs: 200 },
        );
      }
      simulator.network.stop();
      await complete();
      expect(lead.waits.length).toBeGreaterThanOrEqual(9);
      expect(lead.waits.every((error) => (error as UpstreamError).name === 'UpstreamError')).toBe(true);
      expect(lead.gaps).toEqual([]);
    });

    it('should go on from the cursor of an earlier leader', async () => {
      await start();
      simulator.network.populate(50);
      const at = simulator.network.events[20]!.timeUs;
      lead = new Lead(shelf, [part(new Date(0))], { endpoint: simulator.url, timeUs: at });
      run();
      await complete();
      expect(simulator.connections.clamped).toBe(1);
      expect(lead.gaps).toEqual([]);
    });

    it('should report a cursor that was clamped without a word as a gap', async () => {
      await start();
      const left = (Date.now() - 40 * 3_600_000) * 1_000;
      simulator.network.populate(5);
      lead = new Lead(shelf, [part(new Date(0))], { endpoint: simulator.url, timeUs: left });
      run();
      await complete();
      expect(lead.gaps).toHaveLength(1);
      expect(lead.gaps[0]!.from.getTime()).toBe(Math.floor(left / 1_000));
      expect(Date.now() - lead.gaps[0]!.to.getTime()).toBeLessThan(30_000);
    });

    it('should not go back to what was before the captures that follow now', async () => {
      await start();
      simulator.network.populate(5);
      lead = new Lead(shelf, [part()], { endpoint: simulator.url, timeUs: (Date.now() - 40 * 3_600_000) * 1_000 });
      run();
      await complete();
      expect(lead.gaps).toEqual([]);
    });

    it('should take a new tag on while it runs', async () => {
      await start({ tags: [TAG, 'miradouro'] });
      run();
      await connected();
      lead.parts.push({ ...part(), partId: 2, tag: 'miradouro', tagKey: 'miradouro' });
      simulator.network.grow({ postsPerSecond: 40 });
      const seen = () => lead.batches.flatMap(({ items }) => items.map(({ partId }) => partId));
      await eventually(async () => expect(seen()).toContain(2));
      simulator.network.stop();
      simulator.network.populate(30);
      const wanted = () => simulator.truth('miradouro').posts.slice(-5).map(({ uri, text }) => `${uri} ${text}`); // prettier-ignore
      await eventually(async () => expect(shelf.texts).toEqual(expect.arrayContaining(wanted())));
    });

    it('should store posts although nobody names their authors, and add the names when they come', async () => {
      await start({ edits: 0, deletions: 0 });
      simulator.failProfiles('unavailable-html', 2);
      run();
      await connected();
      simulator.network.populate(20);
      await complete();
      await eventually(
        async () => {
          expect([...shelf.posts.values()].filter(({ author }) => author.username === null)).toEqual([]);
        },
        { timeoutMs: 15_000 },
      );
    });

    it('should delete what an account leaves behind', async () => {
      await start({ edits: 0, deletions: 0 });
      run();
      await connected();
      simulator.network.populate(60);
      await complete();
      const { did } = simulator.truth(TAG).authors[0]!;
      const account = {
        did,
        time_us: Date.now() * 1_000,
        kind: 'account',
        account: { did, active: false, status: 'deleted' },
      };
      const emit = simulator.network as unknown as { publish(event: object): void };
      emit.publish({ timeUs: account.time_us, collection: '', did, line: JSON.stringify(account) });
      await eventually(async () => expect([...shelf.posts.keys()].filter((id) => id.includes(did))).toEqual([]));
      expect(shelf.posts.size).toBeGreaterThan(0);
    });

    it('should stop reading while the store is behind, and lose nothing', { timeout: 60_000 }, async () => {
      await start({ edits: 0, deletions: 0 });
      lead.delayMs = 400;
      run();
      await connected();
      simulator.network.populate(20_000);
      await eventually(async () => expect(shelf.posts.size).toBe(20_000), { timeoutMs: 40_000 });
      const largest = Math.max(
        ...lead.batches.map(({ items }) => items.reduce((sum, { posts }) => sum + posts.length, 0)),
      );
      expect(largest).toBeLessThan(12_000);
    });
  });

  describe('refusals', () => {
    let server: Server;
    const refuse = async (status: number, body: string, headers: Record<string, string> = {}) => {
      await start();
      server = createServer().on('upgrade', (_request, socket) => {
        const lines = Object.entries({ connection: 'close', ...headers }).map(
          ([name, value]) => `${name}: ${value}\r\n`,
        );
        socket.end(`HTTP/1.1 ${status} No\r\n${lines.join('')}\r\n${body}`);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      process.env.MIRANTE_JETSTREAM_URL = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/subscribe`;
    };
    afterEach(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))));

    it.each([
      [503, 'upstream-unavailable', 'retry'],
      [429, 'rate-window', 'wait'],
      [404, 'rejected-request', 'retry'],
    ] as const)('should tell status %d and go on trying', async (status, reason, reaction) => {
      await refuse(status, '<html>secret</html>', { 'retry-after': '1' });
      run();
      await eventually(async () => expect(lead.waits.length).toBeGreaterThan(1), { timeoutMs: 15_000 });
      expect(lead.waits[0]).toMatchObject({ reason, reaction });
      expect(lead.waits[0]!.message).not.toContain('secret');
    });

    it('should report what a refused cursor leaves out as a gap and go on with the oldest there is', async () => {
      await refuse(400, '{"error":"CursorTooOld","message":"floor is 5"}');
      lead = new Lead(shelf, [part(new Date(0))], {
        endpoint: 'wss://x',
        timeUs: (Date.now() - 50 * 3_600_000) * 1_000,
      });
      run();
      await eventually(async () => expect(lead.gaps.length).toBeGreaterThan(0));
      const [gap] = lead.gaps;
      expect(Math.round((gap!.to.getTime() - gap!.from.getTime()) / 3_600_000)).toBe(14);
    });
  });
});
