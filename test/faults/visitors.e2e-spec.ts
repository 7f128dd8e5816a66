import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VisitorReport } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { seeded } from '../harness/archive-factory.js';
import { ApiClient } from '../harness/client.js';
import { startStack, type Stack } from '../harness/stack.js';

/** More with `MIRANTE_TEST_KILLS=300 npm test -- test/faults`; a run is repeated with `MIRANTE_TEST_SEED`. */
const KILLS = Number(process.env['MIRANTE_TEST_KILLS'] ?? 25);
const SEED = Number(process.env['MIRANTE_TEST_SEED'] ?? Date.now() % 1_000_000);

const TARGETS = ['visitors', 'rabbitmq', 'mariadb'] as const;

/** Names of the sites, one per target, so that no run disturbs the figures of another. */
const siteOf = (target: string) => `${target}.example`;

/** Planted in every visit: nothing of it may be found anywhere afterwards. */
const CANARY = 'Canary-7f3a91';

const LONGEST_ANSWER_MS = 2_000;

/** Clients behind one proxy, which the gateway is told of. None ends in .0: logs may hold their network. */
const addressOf = (client: number) => `198.51.${100 + Math.floor(client / 250)}.${(client % 250) + 1}`;

describe(`kill -9 at random moments while visits arrive (seed ${SEED}, ${KILLS} kills each)`, () => {
  let stack: Stack;

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

  async function visit(site: string, client: number): Promise<void> {
    const startedAt = performance.now();
    const answer = await fetch(`${stack.baseUrl}/api/v1/visits`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': `Mozilla/5.0 (X11; Linux) ${CANARY}`,
        'x-forwarded-for': addressOf(client),
      },
      body: JSON.stringify({ site, path: '/' }),
    });
    expect(answer.status).toBe(202);
    expect(performance.now() - startedAt).toBeLessThan(LONGEST_ANSWER_MS);
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
          const query = `site=${site}&interval=total&from=${day}`;
          const { buckets } = await new ApiClient(stack.baseUrl).get<VisitorReport>(`/api/v1/visitors?${query}`);
          expect(buckets[0]).toMatchObject({ hits: sent, unique: clients.size });
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
    const canaries = [CANARY, ...Array.from({ length: 1_000 }, (_, client) => addressOf(client))];
    canaries.push(...keys.flatMap(({ secret }) => [secret.toString('base64url'), secret.toString('hex')]));

    const places = new Map<string, string>();
    for (const name of readdirSync(stack.logDir, { recursive: true, encoding: 'utf8' })) {
      const file = join(stack.logDir, name);
      if (statSync(file).isFile()) places.set(name, readFileSync(file, 'utf8'));
    }
    expect(places.size).toBeGreaterThanOrEqual(4);
    for (const [service, url] of Object.entries(stack.internalUrls)) {
      places.set(`metrics of ${service}`, await (await fetch(`${url}/metrics`)).text());
    }
    for (const table of ['visitor_day', 'visit_count', 'day_sketch', 'site', 'inbox', 'outbox', 'feedback']) {
      const rows = await stack.query('visitors', `SELECT * FROM ${table}`);
      places.set(
        `table ${table}`,
        rows
          .map((row) =>
            Object.values(row as object)
              .map(String)
              .join(' '),
          )
          .join('\n'),
      );
    }
    for (const [place, text] of places) {
      expect([place, canaries.filter((canary) => text.includes(canary))]).toEqual([place, []]);
    }
  });
});
