import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import { seeded } from '../harness/archive-factory.js';
import { readLogs } from '../harness/logs.js';
import { SERVICE_NAMES, startStack, type Stack } from '../harness/stack.js';

const REQUESTS = 10_000;
const PER_CONNECTION = 100;
const CONNECTIONS = 10;
const SEED = Number(process.env['MIRANTE_TEST_SEED'] ?? Date.now() % 1_000_000);

const PATHS = [
  '/',
  '/api/v1/archives/',
  '/api/v1/tasks/',
  '/randomize/',
  '/sum-even?strict=',
  '/api/v1/posts?tag=',
  '/api/v1/analytics/summary?tag=',
  '/wp-admin/',
  '/%2e%2e/',
  '//',
];
const METHODS = ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE', 'PROPFIND', 'OPTIONS', 'HEAD'];
const HEADERS = [
  'traceparent',
  'tracestate',
  'x-request-id',
  'user-agent',
  'referer',
  'x-forwarded-for',
  'authorization',
  'accept',
];
// Bytes a header may carry on the wire: quotes, escapes, braces, C1 controls and broken UTF-8 among them.
const BYTES = Buffer.from([
  0x22, 0x5c, 0x7b, 0x7d, 0x5d, 0x27, 0x2f, 0x3b, 0x2c, 0x41, 0x30, 0x80, 0x9b, 0xc3, 0xe2, 0xed, 0xf0, 0xff, 0x09,
  0x20,
]);

describe(`${REQUESTS} random paths and hostile headers (seed ${SEED})`, () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
    const random = seeded(SEED);
    for (let sent = 0; sent < REQUESTS; sent += PER_CONNECTION * CONNECTIONS) {
      await Promise.all(
        Array.from({ length: CONNECTIONS }, () =>
          send(Array.from({ length: PER_CONNECTION }, () => hostileRequest(random))),
        ),
      );
    }
  });

  afterAll(() => stack?.close());

  it('should leave the number of series bounded', async () => {
    const answer = await fetch(`${stack.internalUrls.gateway}/metrics`);
    const series = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(
      series.filter((line) => line.startsWith('http_server_request_duration_seconds_count')).length,
    ).toBeGreaterThan(3);
    expect(series.length).toBeLessThan(5_000);
    expect(series.filter((line) => line.includes('wp-admin'))).toEqual([]);
  });

  it('should leave every log line one valid JSON object that nobody else has written into', async () => {
    await eventually(() => expect(readLogs(stack.logDir).length).toBeGreaterThan(REQUESTS / 4), { timeoutMs: 10_000 });
    for (const line of readLogs(stack.logDir)) {
      expect(SERVICE_NAMES).toContain(line['service.name']);
      if (line['trace.id'] !== undefined) expect(line['trace.id']).toMatch(/^[0-9a-f]{32}$/);
    }
  });

  it('should go on answering', async () => {
    expect((await fetch(`${stack.baseUrl}/version`)).status).toBe(200);
  });

  function hostileRequest(random: () => number): Buffer {
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
    const noise = (length: number) =>
      Buffer.from(Array.from({ length: Math.floor(random() * length) }, () => pick([...BYTES])));
    const path = `${pick(PATHS)}${Math.floor(random() * 1e9).toString(36)}${pick(['', '%00', '%ff', '%22', '/a/b', '?x=%0a'])}`;
    const parts: Buffer[] = [Buffer.from(`${pick(METHODS)} ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n`)];
    for (const name of HEADERS) {
      if (random() < 0.5) parts.push(Buffer.from(`${name}: `), noise(60), Buffer.from('\r\n'));
    }
    return Buffer.concat([...parts, Buffer.from('\r\n')]);
  }

  /** All on one connection; the server may close it at the first request it cannot read. */
  function send(requests: Buffer[]): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect(Number(new URL(stack.baseUrl).port), '127.0.0.1');
      socket.setTimeout(300, () => socket.destroy());
      socket.on('data', () => undefined);
      socket.on('error', () => undefined);
      socket.on('close', () => resolve());
      socket.write(Buffer.concat(requests));
    });
  }
});
