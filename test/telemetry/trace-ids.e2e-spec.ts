import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import { samplePages, toJsonl } from '../harness/archive-factory.js';
import { readLogs, type EcsLine } from '../harness/logs.js';
import { SERVICE_NAMES, startStack, type Stack } from '../harness/stack.js';

const AT_ONCE = 50;
/** Requests of each of the 50 callers: every kind comes up several times at every moment. */
const ROUNDS = Number(process.env['MIRANTE_TEST_TRACE_ROUNDS'] ?? 6);
const ZEROS = '0'.repeat(32);

/** A request, and a text that nobody else has any reason to know. */
interface Sent {
  kind: string;
  marker: string;
  traceId: string;
  status: number;
  /** Of the task or import that it started. */
  token: string | undefined;
}

interface Ask {
  path: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** The caller hangs up after so many milliseconds. */
  hangUpMs?: number;
}

const JSONL = { 'content-type': 'application/x-ndjson' };
const TEXT = { 'content-type': 'text/plain' };

/** What callers do, each with its marker in the request: plain questions, work that goes on afterwards, and what fails. */
const KINDS: Record<string, (marker: string) => Ask> = {
  report: (marker) => ({ path: `/api/v1/analytics/summary?tag=${marker}` }),
  posts: (marker) => ({ path: `/api/v1/posts?tag=${marker}` }),
  import: (marker) => ({
    path: `/api/v1/archives?tag=${marker}`,
    method: 'POST',
    headers: JSONL,
    body: archive(marker),
  }),
  'broken import': (marker) => ({
    path: `/api/v1/archives?tag=${marker}`,
    method: 'POST',
    headers: JSONL,
    body: `${archive(marker)}{"data":[{"id":"${marker}"\n`,
  }),
  sum: (marker) => ({ path: '/sum-even', method: 'POST', headers: keyed(marker), body: '2 4 6' }),
  'failing sum': (marker) => ({ path: '/sum-even?strict=true', method: 'POST', headers: keyed(marker), body: marker }),
  'damaged image': (marker) => ({
    path: '/randomize',
    method: 'POST',
    headers: { ...keyed(marker), 'content-type': 'image/png' },
    body: `\u0089PNG${marker}`,
  }),
  'unknown parameter': (marker) => ({ path: `/api/v1/analytics/top-users?tag=x&${marker}=1` }),
  'unknown path': (marker) => ({ path: `/nowhere/${marker}` }),
  'unknown task': (marker) => ({ path: `/sum-even/${marker.padEnd(32, '0')}/status` }),
  'caller who hangs up': (marker) => ({ path: `/api/v1/posts?tag=${marker}`, hangUpMs: 2 }),
};

describe(`trace.id under a mixed load of ${AT_ONCE} at once`, () => {
  let stack: Stack;
  let sent: Sent[];
  let lines: EcsLine[];
  /** Two requests of the end, when only one of them is logged in detail. */
  let chosen: string;
  let other: string;

  beforeAll(async () => {
    stack = await startStack({ env: { MIRANTE_LOG_LEVEL: 'debug' } });
    sent = await mixedLoad();
    lines = await eventually(
      () => {
        const written = readLogs(stack.logDir);
        const ended = new Set(written.filter((line) => isEnd(line)).map((line) => line['trace.id']));
        const open = sent.filter(({ token, traceId }) => token !== undefined && !ended.has(traceId));
        expect(open.map(({ kind, traceId }) => `${kind} ${traceId}`)).toEqual([]);
        return written;
      },
      { timeoutMs: 60_000, everyMs: 500 },
    );
    await Promise.all(SERVICE_NAMES.map((service) => put(service, '/logging/levels', { levels: 'info' })));
    chosen = randomBytes(16).toString('hex');
    await put('gateway', '/logging/traces', { trace_id: chosen });
    await ask(KINDS['report']!('chosen'), chosen);
    other = randomBytes(16).toString('hex');
    await ask(KINDS['report']!('other'), other);
    await Promise.all(SERVICE_NAMES.map((service) => stack.services[service].stop()));
    lines = readLogs(stack.logDir);
  });

  afterAll(() => stack?.close());

  it('should have met every kind of request, and failures among them', () => {
    expect([...new Set(sent.map(({ kind }) => kind))].sort()).toEqual(Object.keys(KINDS).sort());
    const statuses = new Set(sent.map(({ status }) => status));
    for (const status of [0, 200, 201, 202, 400, 404]) expect(statuses).toContain(status);
    expect([...statuses].some((status) => status >= 500)).toBe(true);
  });

  it('should be in every line of every service, from the first one to the last', () => {
    expect(lines.length).toBeGreaterThan(sent.length * 2);
    expect(
      lines.filter((line) => !/^[0-9a-f]{32}$/.test(line['trace.id'] ?? '') || line['trace.id'] === ZEROS),
    ).toEqual([]);
    for (const service of SERVICE_NAMES) {
      const actions = lines.filter((line) => line['service.name'] === service).map((line) => line['event.action']);
      expect(actions).toEqual(expect.arrayContaining(['log-file-opened', 'service-starting', 'service-stopped']));
    }
  });

  it('should be that of the caller in every line that shows what only this caller knows', () => {
    const owners = new Map(sent.flatMap((one) => [one.marker, one.token].map((text) => [text ?? one.marker, one])));
    const known = new RegExp([...owners.keys()].join('|'), 'g');
    const crossed: string[] = [];
    const met = new Set<string>();
    for (const line of lines) {
      for (const text of new Set(JSON.stringify(line).match(known))) {
        const owner = owners.get(text)!;
        met.add(owner.kind);
        if (owner.traceId !== line['trace.id']) crossed.push(`${owner.kind} ${owner.traceId}: ${JSON.stringify(line)}`);
      }
    }
    expect(crossed).toEqual([]);
    expect([...met].sort()).toEqual(Object.keys(KINDS).sort());
  });

  it('should follow imports and tasks into the services that do the work', () => {
    for (const { kind, traceId } of sent.filter(({ token }) => token !== undefined)) {
      const services = new Set(
        lines.filter((line) => line['trace.id'] === traceId).map((line) => line['service.name']),
      );
      const worker = kind.includes('import') ? 'twitter-ingest' : 'image-tasks';
      expect([kind, [...services]]).toEqual([kind, expect.arrayContaining(['gateway', worker])]);
    }
  });

  it('should name as parent only what belongs to the same trace', () => {
    const traceOf = new Map(lines.map((line) => [line['span.id'], line['trace.id']]));
    const strangers = lines.filter((line) => {
      const parent = line['parent.id'];
      return parent !== undefined && traceOf.has(parent) && traceOf.get(parent) !== line['trace.id'];
    });
    expect(strangers).toEqual([]);
  });

  it('should let an operator choose one trace to be logged in detail, over all services', () => {
    const detail = (traceId: string) =>
      lines
        .filter((line) => line['trace.id'] === traceId && line['log.level'] === 'debug')
        .map((line) => line['service.name']);
    expect(detail(other)).toEqual([]);
    expect(detail(chosen)).toEqual(expect.arrayContaining(['gateway', 'analytics']));
  });

  async function put(service: (typeof SERVICE_NAMES)[number], path: string, body: object): Promise<void> {
    const url = stack.internalUrls[service] + path;
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(body) });
    expect([answer.status, await answer.text()]).toEqual([200, expect.any(String)]);
  }

  function ask({ path, method = 'GET', headers, body, hangUpMs }: Ask, traceId: string): Promise<Response> {
    return fetch(stack.baseUrl + path, {
      method,
      headers: { ...headers, traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` },
      ...(body !== undefined && { body }),
      ...(hangUpMs !== undefined && { signal: AbortSignal.timeout(hangUpMs) }),
    });
  }

  async function mixedLoad(): Promise<Sent[]> {
    const kinds = Object.keys(KINDS);
    const done: Sent[] = [];
    const caller = async (number: number) => {
      for (let round = 0; round < ROUNDS; round++) done.push(await send(kinds[(number + round) % kinds.length]!));
    };
    const callers = Array.from({ length: AT_ONCE }, (_none, number) => caller(number));
    // Calls fail half-way, and events are delivered again.
    await eventually(() => expect(done.length).toBeGreaterThan((AT_ONCE * ROUNDS) / 3), { timeoutMs: 60_000 });
    await stack.services.analytics.kill();
    await eventually(() => expect(done.some(({ status }) => status >= 500)).toBe(true), { timeoutMs: 60_000 });
    await stack.services.analytics.restart();
    await Promise.all(callers);
    return done;
  }

  async function send(kind: string): Promise<Sent> {
    const marker = `f${randomBytes(8).toString('hex')}`;
    const traceId = randomBytes(16).toString('hex');
    try {
      const answer = await ask(KINDS[kind]!(marker), traceId);
      const text = await answer.text();
      expect(answer.headers.get('traceresponse')).toContain(traceId);
      const { token, id } = answer.status < 300 ? (JSON.parse(text) as { token?: string; id?: string }) : {};
      return { kind, marker, traceId, status: answer.status, token: token ?? id };
    } catch (error) {
      if ((error as Error).name !== 'TimeoutError') throw error;
      return { kind, marker, traceId, status: 0, token: undefined };
    }
  }
});

function keyed(marker: string): Record<string, string> {
  return { ...TEXT, 'x-request-id': marker };
}

function archive(marker: string): string {
  const shape = { seed: 7, posts: 20, authors: 3, perPage: 10, tag: marker, from: '2023-01-01T00:00:00Z', days: 1 };
  return toJsonl(samplePages({ ...shape, idPrefix: String(randomBytes(4).readUInt32BE()) }));
}

function isEnd(line: EcsLine): boolean {
  return ['job-ended', 'import-stored', 'import-failed'].includes(String(line['event.action']));
}
