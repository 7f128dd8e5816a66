import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import { samplePages, seeded } from '../harness/archive-factory.js';
import { ApiClient, expectedFigures } from '../harness/client.js';
import { recount } from '../harness/recount.js';
import { startStack, type Stack } from '../harness/stack.js';
import { KILLS, SEED } from './kills.js';

/** Long enough for an import of this size to be anywhere between the upload and the last roll-up. */
const LONGEST_WAIT_MS = 700;

const TARGETS = ['twitter-ingest', 'analytics', 'gateway', 'rabbitmq', 'mariadb'] as const;

describe(`kill -9 at random moments of an import (seed ${SEED}, ${KILLS} kills each)`, () => {
  let stack: Stack;
  let api: ApiClient;

  beforeAll(async () => {
    stack = await startStack();
    api = new ApiClient(stack.baseUrl);
  });

  afterAll(() => stack?.close());

  async function killAndRestart(target: (typeof TARGETS)[number]): Promise<void> {
    if (target === 'rabbitmq' || target === 'mariadb') {
      await stack[target].kill();
      await stack[target].start();
    } else {
      await stack.services[target].kill();
      await stack.services[target].restart();
    }
  }

  it.each(TARGETS)(
    'should leave every figure right after kills of %s',
    async (target) => {
      const random = seeded(SEED + TARGETS.indexOf(target));
      const imports: { id: string; tag: string; pages: ReturnType<typeof samplePages> }[] = [];
      for (let kill = 0; kill < KILLS; kill++) {
        const tag = `kill_${target.replace('-', '')}_${kill}`;
        const number = TARGETS.indexOf(target) + 1;
        const pages = samplePages({
          seed: SEED + 1_000 * number + kill,
          idPrefix: `${number}${String(kill).padStart(4, '0')}`,
          posts: 1_200,
          authors: 90,
          perPage: 40,
          tag,
          from: '2021-03-01T00:00:00Z',
          days: 3,
        });
        const accepted = api.importUntilAccepted(pages, tag);
        await new Promise((resolve) => setTimeout(resolve, random() * LONGEST_WAIT_MS));
        await killAndRestart(target);
        imports.push({ ...(await accepted), tag, pages });
      }
      for (const { id, tag, pages } of imports) {
        const archive = await api.untilDone(id, 120_000);
        expect(archive.posts).toEqual({ read: 1_200, new: 1_200, duplicate: 0, invalid: 0 });
        expect(await api.figures(tag)).toEqual(expectedFigures(recount(pages), tag));
      }
      await expectQuiet(stack);
    },
    KILLS * 40_000,
  );
});

/** Nothing waits, nothing was parked, nothing is half done. */
async function expectQuiet(stack: Stack): Promise<void> {
  await eventually(
    async () => {
      for (const service of ['twitter-ingest', 'analytics'] as const) {
        const [row] = await stack.query<{ pending: number }>(service, 'SELECT COUNT(*) AS pending FROM outbox WHERE published_at IS NULL'); // prettier-ignore
        expect(row!.pending).toBe(0);
      }
    },
    { timeoutMs: 30_000 },
  );
  await eventually(
    async () => {
      const queues = await stack.rabbitmq.ctl('-q', 'list_queues', 'name', 'messages', '--formatter', 'json');
      const waiting = (JSON.parse(queues) as { name: string; messages: number }[]).filter(
        ({ messages }) => messages > 0,
      );
      expect(waiting, waiting.some(({ name }) => name === 'parking') ? await parked(stack) : '').toEqual([]);
    },
    { timeoutMs: 30_000, everyMs: 250 },
  );
}

/** Why messages were parked, for whoever reads the failure. */
async function parked(stack: Stack): Promise<string> {
  const { user, password, managementPort } = stack.rabbitmq;
  const answer = await fetch(`http://127.0.0.1:${managementPort}/api/queues/%2F/parking/get`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
    body: JSON.stringify({ count: 5, ackmode: 'ack_requeue_true', encoding: 'auto' }),
  });
  const messages = (await answer.json()) as { properties: { headers?: object } }[];
  return messages.map((message) => JSON.stringify(message.properties.headers)).join('\n');
}
