import { createHash } from 'node:crypto';
import { readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Task } from '#libs/contracts';
import { eventually, startServiceProcess, type ServiceProcess } from '#libs/testing';
import { freePorts } from '../../compose/native/src/servers/index.js';
import { repoRoot } from '../../compose/native/src/repo.js';
import { seeded } from '../harness/archive-factory.js';
import { startStack, type Stack } from '../harness/stack.js';
import { TaskClient } from '../harness/task-client.js';

/** More with `MIRANTE_TEST_KILLS=300 npm test -- test/faults/tasks`; a run is repeated with `MIRANTE_TEST_SEED`. */
const KILLS = Number(process.env['MIRANTE_TEST_KILLS'] ?? 6);
const SEED = Number(process.env['MIRANTE_TEST_SEED'] ?? Date.now() % 1_000_000);

const LEASE_MS = 2_000;
/** Long enough for a task to be anywhere between the first byte of its file and its end. */
const LONGEST_WAIT_MS = 900;
/** Twelve slices. */
const TEXT_BYTES = 12 * 2 ** 20;
const TEXT = { 'content-type': 'text/plain' };

type Victim = 'worker' | 'second worker' | 'frozen worker' | 'gateway' | 'rabbitmq' | 'mariadb';
/** Each once in six, in an order that the seed says. */
const VICTIMS: readonly Victim[] = ['worker', 'mariadb', 'frozen worker', 'gateway', 'rabbitmq', 'second worker'];

interface Expected {
  key: string;
  sum?: string;
}

describe(`tasks under faults (seed ${SEED}, ${KILLS} kills)`, () => {
  const random = seeded(SEED);
  const accepted = new Map<string, Expected>();
  const killed = new Map<Victim, number>();
  let stack: Stack;
  let second: ServiceProcess;
  let client: TaskClient;
  let picture: Buffer<ArrayBuffer>;
  let texts: { text: string; sum: string }[];

  beforeAll(async () => {
    const env = { MIRANTE_JOB_LEASE_MS: String(LEASE_MS), MIRANTE_SUM_SLICE_MIB: '1', MIRANTE_JOB_SLOTS: '2' };
    stack = await startStack({ env });
    const [port] = await freePorts(1);
    second = await startServiceProcess({
      entry: join(repoRoot, 'dist/services/image-tasks/src/main.js'),
      env: { ...stack.envOf('image-tasks'), MIRANTE_INTERNAL_PORT: String(port) },
      readyUrl: `http://127.0.0.1:${port}/health/ready`,
    });
    client = new TaskClient(stack.baseUrl);
    const noise = Buffer.from(Array.from({ length: 640 * 480 * 3 }, () => Math.floor(random() * 256)));
    picture = Buffer.from(
      await sharp(noise, { raw: { width: 640, height: 480, channels: 3 } })
        .png()
        .toBuffer(),
    );
    texts = [numbersOf(random), numbersOf(random)];
  });

  afterAll(async () => {
    await second?.kill();
    await stack?.close();
  });

  /** Sends one file until it is accepted, as a client does that lost its answer: under one key. */
  async function submit(path: string, body: string | Buffer<ArrayBuffer>, expected: Expected): Promise<void> {
    const headers = { 'content-type': 'application/octet-stream', 'idempotency-key': expected.key };
    const token = await eventually(
      async () => {
        const answer = await client.ask(path, {
          method: 'POST',
          headers,
          body,
          signal: AbortSignal.timeout(30_000),
        });
        if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
        return ((await answer.json()) as { token: string }).token;
      },
      { timeoutMs: 180_000, everyMs: 500 },
    );
    accepted.set(token, expected);
  }

  function submitMixed(round: number): Promise<unknown> {
    const { text, sum } = texts[round % 2]!;
    return Promise.all([
      submit('/randomize?seed=same', picture, { key: `image-${round}` }),
      submit('/sum-even', text, { key: `sum-${round}`, sum }),
    ]);
  }

  async function harm(victim: Victim): Promise<void> {
    killed.set(victim, (killed.get(victim) ?? 0) + 1);
    const { services, mariadb, rabbitmq } = stack;
    switch (victim) {
      case 'mariadb':
      case 'rabbitmq': {
        const server = victim === 'mariadb' ? mariadb : rabbitmq;
        await server.kill();
        return server.start();
      }
      case 'frozen worker':
        second.signal('SIGSTOP');
        // Nothing shows that a lease is over but the clock.
        await new Promise((resolve) => setTimeout(resolve, 2 * LEASE_MS));
        return second.signal('SIGCONT');
      default: {
        const process = victim === 'second worker' ? second : services[victim === 'worker' ? 'image-tasks' : 'gateway'];
        await process.kill();
        return process.restart();
      }
    }
  }

  it(
    'should finish every accepted task once, with the right result',
    async () => {
      const alone = await client.submit('/randomize?seed=same', picture, { 'content-type': 'image/png' });
      await client.ended(alone.token);
      const shuffled = sha256(await client.bytes(`/randomize/${alone.token}/result`));

      const submissions: Promise<unknown>[] = [];
      for (let round = 0; round < KILLS; round++) {
        submissions.push(submitMixed(round));
        await new Promise((resolve) => setTimeout(resolve, random() * LONGEST_WAIT_MS));
        await harm(VICTIMS[(round + SEED) % VICTIMS.length]!);
        // What was lost shows at the end; meanwhile the load must not outgrow the machine.
        if (round % 10 === 9) await Promise.all(submissions);
      }
      await Promise.all(submissions);

      expect(accepted.size).toBe(2 * KILLS);
      for (const [token, { sum }] of accepted) {
        const task = await client.ended(token, 180_000);
        expect([token, task.status, task.error]).toEqual([token, 'finished', undefined]);
        if (sum !== undefined) expect(task.result).toMatchObject({ sum, bytes: TEXT_BYTES });
        else expect(sha256(await client.bytes(`/randomize/${token}/result`))).toBe(shuffled);
      }
      await expectOnce();
      console.log(`killed: ${JSON.stringify(Object.fromEntries(killed))}`);
    },
    120_000 + KILLS * 40_000,
  );

  /** One job for each request, one end for each job, nothing that is still held. */
  async function expectOnce(): Promise<void> {
    const query = <T>(sql: string) => stack.query<T>('image-tasks', sql);
    const [jobs] = await query<{ n: number }>("SELECT COUNT(*) AS n FROM job WHERE state = 'done'");
    expect(Number(jobs!.n)).toBe(2 * KILLS + 1);
    const ends = await query<{ job_id: string; n: number }>(
      `SELECT job_id, SUM(JSON_UNQUOTE(JSON_EXTRACT(event_json, '$.status')) = 'finished') AS n
         FROM task_event GROUP BY job_id HAVING n <> 1`,
    );
    expect(ends).toEqual([]);
    await eventually(
      async () => {
        const held = await query("SELECT id, state FROM job_slice WHERE state NOT IN ('done')");
        expect(held).toEqual([]);
        const lanes = await query('SELECT id FROM job_lane WHERE ready <> 0 OR running <> 0 OR waiting_jobs <> 0');
        expect(lanes).toEqual([]);
        const outbox = await query('SELECT event_id FROM outbox WHERE published_at IS NULL');
        expect(outbox).toEqual([]);
      },
      { timeoutMs: 60_000, everyMs: 500 },
    );
  }

  it.each([
    ['cut', (path: string) => truncateSync(path, TEXT_BYTES / 2)],
    ['changed', (path: string, text: string) => writeFileSync(path, withoutLastTwo(text))],
  ])('should never add up a text that was %s after it was accepted', async (how, damage) => {
    const { text } = numbersOf(seeded(how.length));
    const { token } = await cancelled(client, text);
    const ref = createHash('sha256').update(text).digest('hex');
    const folder = join(stack.envOf('image-tasks')['MIRANTE_BLOB_DIR']!, 'tasks');
    const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes(ref));
    expect(found).toHaveLength(1);
    damage(join(folder, found[0]!), text);

    await client.json(`/api/v1/tasks/${token}/retry`, { method: 'POST' });
    expect(await client.ended(token)).toMatchObject({ status: 'errored', error_code: 'TASKS.INPUT_CHANGED' });
  });
});

/** A task that was stored and called off before it ended. */
async function cancelled(client: TaskClient, text: string): Promise<Task> {
  return eventually(
    async () => {
      const { token } = await client.submit('/sum-even', text, TEXT);
      const task = await client.json<Task>(`/api/v1/tasks/${token}`, { method: 'DELETE' });
      expect(task.status).toBe('cancelled');
      return task;
    },
    { timeoutMs: 60_000 },
  );
}

function numbersOf(random: () => number): { text: string; sum: string } {
  const lines: string[] = [];
  let sum = 0n;
  for (let bytes = 0; bytes < TEXT_BYTES - 20;) {
    const number = Math.floor((random() - 0.5) * 1e9);
    if (number % 2 === 0) sum += BigInt(number);
    const line = String(number);
    lines.push(line);
    bytes += line.length + 1;
  }
  return { text: `${lines.join('\n')}\n`.padEnd(TEXT_BYTES, '\n'), sum: sum.toString() };
}

/** Another even number near the end, in a slice that was not added up yet. */
function withoutLastTwo(text: string): string {
  const at = text.lastIndexOf('2');
  return `${text.slice(0, at)}4${text.slice(at + 1)}`;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
