import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VisitorReport } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { seeded } from '../harness/archive-factory.js';
import { ApiClient } from '../harness/client.js';
import { startStack, type Stack } from '../harness/stack.js';
import { placesIn, placesWith } from '../telemetry/canaries.js';

/** More with `MIRANTE_TEST_KILLS=25 npm test -- test/faults/visitors`; a run is repeated with `MIRANTE_TEST_SEED`. */
const KILLS = Number(process.env['MIRANTE_TEST_KILLS'] ?? 1);
const SEED = Number(process.env['MIRANTE_TEST_SEED'] ?? Date.now() % 1_000_000);

const TARGETS = ['visitors', 'rabbitmq', 'mariadb'] as const;

/** Names of the sites, one per target, so that no run disturbs the figures of another. */
const siteOf = (target: string) => `${target}.example`;

/** Planted in every visit: nothing of it may be found anywhere afterwards. */
const CANARY = 'Canary-7f3a91';

/** Nobody may be kept waiting for what is away. The limit is wide: how fast pages are is measured elsewhere. */
const LONGEST_ANSWER_MS = 2_000;

/** One page of the gateway itself among so many visits of other sites. */
const PAGE_EVERY = 5;

/** Clients behind one proxy, which the gateway is told of. None ends in .0: logs may hold their network. */
const addressOf = (client: number) => `198.51.${100 + Math.floor(client / 250)}.${(client % 250) + 1}`;
const ADDRESSES = /198\.51\.10\d\.(?!0\b)\d/;

describe(`kill -9 at random moments while visits arrive (seed ${SEED}, ${KILLS} kills each)`, () => {
  let stack: Stack;
  let pages = 0;
  const readers = new Set<number>();

  beforeAll(async () => {
    stack = await startStack({
      env: {
        MIRANTE_TRUST_PROXY_HOPS: '1',
        MIRANTE_VISITS_SITES: TARGETS.map(siteOf).join(','),
        MIRANTE_LOG_LEVEL: 'debug',
      },
    });
  });

  afterAll(() => stack?.close());

  async function ask(path: string, client: number, init: RequestInit = {}): Promise<number> {
    const startedAt = performance.now();
    const { status } = await fetch(stack.baseUrl + path, {
      ...init,
      headers: {
        'content-type': 'application/json',
        'user-agent': `Mozilla/5.0 (X11; Linux) ${CANARY}`,
        referer: `https://search.example/find/${CANARY}`,
        'x-forwarded-for': addressOf(client),
      },
    });
    expect(performance.now() - startedAt).toBeLessThan(LONGEST_ANSWER_MS);
    return status;
  }

  async function visit(site: string, client: number): Promise<void> {
    const body = JSON.stringify({ site, path: '/', referrer: `https://news.example/${CANARY}?q=${CANARY}` });
    expect(await ask('/api/v1/visits', client, { method: 'POST', body })).toBe(202);
  }

  async function figuresOf(site: string, day: string) {
    const query = `site=${site}&interval=total&from=${day}`;
    const { buckets } = await new ApiClient(stack.baseUrl).get<VisitorReport>(`/api/v1/visitors?${query}`);
    return buckets[0];
  }

  async function killAndRestart(target: (typeof TARGETS)[number]): Promise<void> {
    if (target === 'visitors') {
      await stack.services.visitors.kill();
      await stack.services.visitors.restart();
      return;
    }
    await stack[target].kill();
    await stack[target].start();
  }

  it.each(TARGETS)(
    'should count every visit once through kills of %s',
    async (target) => {
      const random = seeded(SEED + TARGETS.indexOf(target));
      const clients = new Set<number>();
      const site = siteOf(target);
      const day = new Date().toISOString().slice(0, 10);
      let sent = 0;
      let stopped = false;
      const visiting = (async () => {
        while (!stopped) {
          const client = Math.floor(random() * 1_000);
          clients.add(client);
          await visit(site, client);
          sent++;
          if (sent % PAGE_EVERY > 0) continue;
          expect(await ask('/', client)).toBe(200);
          readers.add(client);
          pages++;
        }
      })();
      for (let kill = 0; kill < KILLS; kill++) {
        await new Promise((resolve) => setTimeout(resolve, random() * 600));
        await killAndRestart(target);
      }
      stopped = true;
      await visiting;
      await eventually(
        async () => {
          expect(await figuresOf(site, day)).toMatchObject({ hits: sent, unique: clients.size });
          expect(await figuresOf('mirante', day)).toMatchObject({ hits: pages, unique: readers.size });
        },
        { timeoutMs: 60_000, everyMs: 250 },
      );
      const metrics = await (await fetch(`${stack.internalUrls.gateway}/metrics`)).text();
      expect(metrics.match(/^visit_events_lost_total.*$/gm) ?? []).toEqual([]);
    },
    60_000 + KILLS * 20_000,
  );

  it('should have left no address, agent or key in logs, tables and metrics', async () => {
    const keys = await stack.query<{ secret: Buffer }>('visitors', 'SELECT secret FROM day_key UNION SELECT secret FROM period_key'); // prettier-ignore
    expect(keys.length).toBeGreaterThanOrEqual(4);
    const canaries = [CANARY, ...keys.flatMap(({ secret }) => [secret.toString('base64url'), secret.toString('hex')])];

    const places = await placesIn(stack, []);
    // What is looked for can be found: the keys are where they belong, and nowhere else.
    const [key] = keys;
    expect(placesWith(places, key!.secret.toString('hex'))).toHaveLength(1);
    const others = places.filter(({ name }) => !/visitors\.(day|period)_key$/.test(name));
    expect(others.map(({ name }) => name)).toEqual(expect.arrayContaining(['table visitors.visitor_day', 'table visitors.visit_referrer', 'gateway/metrics'])); // prettier-ignore
    expect(canaries.flatMap((canary) => placesWith(others, canary))).toEqual([]);
    expect(addressOf(999)).toMatch(ADDRESSES);
    expect(others.filter(({ text }) => ADDRESSES.test(text)).map(({ name }) => name)).toEqual([]);
  });
});
