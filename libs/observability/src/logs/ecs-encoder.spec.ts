import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newContext } from '../context/trace-context.js';
import { type LogLine, parseLine } from '../../test/log-line.js';
import { EcsEncoder } from './ecs-encoder.js';
import type { LogFields } from './log-fields.js';

const RESERVED = [
  '@timestamp',
  'log.level',
  'message',
  'log.logger',
  'trace.id',
  'span.id',
  'ecs.version',
  'service.name',
  'service.version',
  'service.environment',
  'service.node.name',
  'process.pid',
];

const sut = new EcsEncoder({ service: 'shop', version: '1.2.3', environment: 'test', instance: 'a' });

function encode(message: string, fields?: unknown, error?: unknown): LogLine {
  const line = sut.encode({
    level: 'info',
    logger: 'Spec',
    message,
    fields: fields as LogFields,
    error,
    trace: newContext(),
  });
  expect(line.split(/[\r\n\u2028\u2029\u0085]/)).toHaveLength(1);
  return parseLine(line);
}

describe('EcsEncoder', () => {
  it('should write the identity of the line first and the rest in its place', () => {
    const trace = { ...newContext(), parentSpanId: 'b7ad6b7169203331', requestId: 'order-7' };
    const fields = {
      event: { action: 'import', outcome: 'success', duration: 12.7 },
      http: { request: { method: 'GET' }, response: { status_code: 200 } },
      posts: 3,
      job: { id: 7, tags: ['a', 'b'], done: true },
      labels: { tenant: 'anonymous' },
    };
    const line = JSON.parse(sut.encode({ level: 'warn', logger: 'Spec', message: 'hi', fields, trace })) as object;
    expect(Object.keys(line).slice(0, 4)).toEqual(['@timestamp', 'log.level', 'message', 'log.logger']);
    expect(line).toEqual({
      '@timestamp': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      'log.level': 'warn',
      'log.logger': 'Spec',
      message: 'hi',
      'trace.id': trace.traceId,
      'span.id': trace.spanId,
      'parent.id': 'b7ad6b7169203331',
      'ecs.version': '9.3.0',
      'service.name': 'shop',
      'service.version': '1.2.3',
      'service.environment': 'test',
      'service.node.name': 'a',
      'process.pid': process.pid,
      event: { id: expect.any(String), action: 'import', outcome: 'success', duration: 13 },
      http: { request: { method: 'GET' }, response: { status_code: 200 } },
      labels: { request_id: 'order-7', posts: 3, job_id: 7, job_tags: 'a,b', job_done: true, tenant: 'anonymous' },
    });
  });

  it('should give every line an id of its own', () => {
    const ids = Array.from(
      { length: 1000 },
      () => encode('x', { event: { id: 'mine', action: 'a' } }).event['id'] as string,
    );
    expect(new Set(ids).size).toBe(1000);
    expect(ids).not.toContain('mine');
  });

  it('should not let a caller set what identifies the line', () => {
    const forged = Object.fromEntries(RESERVED.map((key) => [key, 'forged']));
    const nested = {
      trace: { id: 'forged' },
      service: { name: 'forged' },
      log: { level: 'forged' },
      process: { pid: 1 },
    };
    const line = encode('real', { ...forged, ...nested, span: { id: 'forged' }, host: { name: 'forged' } });
    for (const key of RESERVED) expect(line[key]).not.toBe('forged');
    for (const key of ['trace', 'service', 'log', 'process', 'span', 'host']) expect(line).not.toHaveProperty(key);
    expect(line['labels']).toMatchObject({ trace_id: 'forged', service_name: 'forged' });
  });

  it('should move what does not fit the mapping to the labels', () => {
    const line = encode('x', {
      http: 'text',
      event: { duration: Number.NaN, shiny: true, action: { deep: 1 } },
      client: { ip: 'not an ip', port: 5n },
      url: new URL('https://a.example/b'),
      messaging: { message: { attempt: 2, id: 'm1' } },
    });
    expect(line['labels']).toEqual({
      http: 'text',
      event_duration: 'NaN',
      event_shiny: true,
      event_action_deep: 1,
      client_ip: 'not an ip',
      url: 'https://a.example/b',
      messaging_message_attempt: 2,
    });
    expect(line['client']).toEqual({ port: 5 });
    expect(line['messaging']).toEqual({ message: { id: 'm1' } });
    expect(line).not.toHaveProperty('http');
  });

  it('should write errors of every kind', () => {
    const cause = Object.assign(new Error('no route'), { code: 'EHOSTUNREACH' });
    const error = Object.assign(new TypeError('call failed', { cause }), { code: 'RPC.TIMEOUT' });
    expect(encode('x', {}, error)['error']).toEqual({
      type: 'TypeError',
      message: 'call failed',
      code: 'RPC.TIMEOUT',
      stack_trace: expect.stringContaining('ecs-encoder.spec'),
      cause: 'Error: no route',
    });
    expect(encode('x', { error }).error?.['code']).toBe('RPC.TIMEOUT');
    expect(encode('x', {}, 'just text')['error']).toEqual({ type: 'string', message: 'just text' });
    expect(encode('x', {}, 5n)['error']).toEqual({ type: 'bigint', message: '5' });
    expect(encode('x', {}, Object.create(null)).error?.['type']).toBe('Error');
    expect(encode('x', {}, new AggregateError([new Error('one'), 'two'], 'both')).error?.['cause']).toBe(
      'Error: one <- string: two',
    );
    expect(encode('x', {}, null)).not.toHaveProperty('error');
    const cyclic = new Error('round');
    cyclic.cause = cyclic;
    expect(encode('x', {}, cyclic).error?.['message']).toBe('round');
    const deep = new Error('deep');
    deep.stack = `Error: deep\n${'    at f (file.js:1:1)\n'.repeat(5000)}`;
    expect(String(encode('x', {}, deep).error?.['stack_trace']).split('\n')).toHaveLength(40);
  });

  it('should hide secrets wherever they are', () => {
    const secret = 'hunter2hunter2';
    const line = JSON.stringify(
      encode(
        `login with password=${secret}`,
        {
          password: secret,
          labels: {
            headers: { Authorization: `Bearer ${secret}`, 'set-cookie': [secret] },
            dsn: `amqp://a:${secret}@b`,
          },
          url: { full: `https://a:${secret}@b/c?token=${secret}`, query: `token=${secret}` },
          event: { reason: `api_key: ${secret}` },
        },
        new Error(`cannot open mysql://root:${secret}@db`, { cause: new Error(`Bearer ${secret}`) }),
      ),
    );
    expect(line).not.toContain('hunter2');
  });

  it('should cap everything', () => {
    const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_x, index) => [`k${index}`, 'v'.repeat(5_000)]));
    let deep: object = {};
    for (let depth = 0; depth < 10_000; depth++) deep = { deep };
    const line = encode(
      'm'.repeat(2_000_000),
      { ...wide, labels: wide, deep, list: Array.from({ length: 1e6 }, () => 'x') },
      new Error('e'.repeat(1e6)),
    );
    expect(line.message.length).toBeLessThan(8_300);
    expect(JSON.stringify(line).length).toBeLessThan(128 * 1024);
    expect(Object.keys(line['labels'] as object).length).toBeLessThanOrEqual(49);
    expect(line.labels?.['labels_dropped']).toBe(true);
  });

  it('should take terminal commands and other control characters out', () => {
    const line = encode('a\u001b[31mred\u001b]0;title\u0007b\u0000c\u009bd\u202ee', { 'k\u001b[2J\n': 'v\u001b[2J' });
    expect(line['message']).toBe('aredb c d e');
    expect(line['labels']).toEqual({ k__2J_: 'v' });
    expect(encode('two\r\nlines\ttab')['message']).toBe('two\nlines\ttab');
  });

  it('should survive objects that fight back', () => {
    const cycle: Record<string, unknown> = { name: 'loop' };
    cycle['self'] = cycle;
    const hostile = {
      get boom(): string {
        throw new Error('getter');
      },
      cycle,
      big: 12345678901234567890n,
      nan: Number.NaN,
      proxy: new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('trap');
          },
        },
      ),
      toText: {
        toString: () => {
          throw new Error('no text');
        },
      },
      fn: () => 1,
      sym: Symbol('s'),
      date: new Date(Number.NaN),
      bytes: new Uint8Array(9),
      map: new Map([[1, 2]]),
      none: null,
      ['__proto__']: 'own',
      toJSON: () => {
        throw new Error('json');
      },
    };
    Object.defineProperty(hostile, '__proto__', { value: { polluted: true }, enumerable: true });
    const line = encode('x', hostile);
    expect(line['labels']).toMatchObject({
      big: '12345678901234567890',
      nan: 'NaN',
      date: 'invalid date',
      bytes: '[9 bytes]',
      map: '[1 entries]',
      __proto___polluted: true,
    });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('should make exactly one line of valid JSON out of anything', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withTypedArray: true,
      withSparseArray: true,
      withObjectString: true,
      maxDepth: 6,
    });
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.constantFrom('\r\n', '\u2028', '\u001b[31m', '\ud800', '"}{', '\\'),
    );
    const fields = fc.oneof(
      anything,
      fc.dictionary(
        fc.oneof(
          text,
          fc.constantFrom(...RESERVED, 'event', 'labels', 'http', 'error', 'url', '__proto__', 'constructor'),
        ),
        anything,
      ),
    );
    fc.assert(
      fc.property(text, fields, anything, (message, given, error) => {
        const line = encode(message, given, error);
        expect(line).toMatchObject({ 'log.level': 'info', 'service.name': 'shop', 'process.pid': process.pid });
        const known =
          /^(@timestamp|message|(log|trace|span|service|ecs|process|service\.node)\.[a-z]+|client|db|event|file|http|messaging|url|user_agent|labels|error)$/;
        for (const key of Object.keys(line)) expect(key).toMatch(known);
        for (const value of Object.values((line['labels'] ?? {}) as object))
          expect(['string', 'number', 'boolean']).toContain(typeof value);
      }),
      { numRuns: 500 },
    );
  }, 60_000);
});
