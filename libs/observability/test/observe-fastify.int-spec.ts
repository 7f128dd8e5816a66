import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sleep } from '#libs/kernel';
import {
  createLogger,
  currentContext,
  initLogging,
  type LoggingHandle,
  observedFetch,
  observeFastify,
  renderMetrics,
} from '../src/index.js';
import { debugTrace } from '../src/logs/debug-traces.js';
import { readLogDir } from './child.js';
import type { LogLine } from './log-line.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

describe('observeFastify', () => {
  let dir: string;
  let logging: LoggingHandle;
  let server: FastifyInstance;
  let base: string;
  const logger = createLogger('Spec');

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'observed-'));
    logging = initLogging({ service: 'spec', version: '1', environment: 'test', levels: 'info', dir });
    server = Fastify({ bodyLimit: 1024 * 1024 });
    observeFastify(server);
    server.get('/things/:id', async (request) => {
      const before = currentContext()?.traceId;
      await sleep(Math.random() * 20);
      logger.info('handled', { labels: { thing: (request.params as { id: string }).id } });
      logger.debug('in detail');
      return { before, after: currentContext()?.traceId };
    });
    server.post('/things', (request) => ({
      trace: currentContext()?.traceId,
      size: JSON.stringify(request.body).length,
    }));
    server.get('/fails', () => {
      throw new Error('boom');
    });
    server.get('/slow', async () => {
      await sleep(5_000);
      return {};
    });
    server.get('/calls', async () => (await observedFetch(`${base}/echo`)).json());
    server.get('/echo', (request) => request.headers);
    base = await server.listen({ host: '127.0.0.1', port: 0 });
  });
  afterAll(async () => {
    server.server.closeAllConnections();
    await server.close();
    await logging.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const logged = async (match: (line: LogLine) => boolean) => {
    await logging.flush();
    return readLogDir(dir).filter(match);
  };
  const accessOf = (path: string) =>
    logged((line) => line.url?.['path'] === path && line.event['action'] === 'http-request');
  const series = async (match: string) =>
    (await renderMetrics()).body.split('\n').filter((line) => line.includes(match));

  it('should continue the trace of the caller, and answer with its own place in it', async () => {
    const headers = { traceparent: `00-${TRACE}-${SPAN}-01`, 'x-request-id': 'order-7', 'user-agent': 'spec/1' };
    const answer = await fetch(`${base}/things/1?token=hush&page=2`, { headers });
    expect(await answer.json()).toEqual({ before: TRACE, after: TRACE });
    const [, trace, span] = answer.headers.get('traceresponse')!.split('-');
    expect([trace, answer.headers.get('x-request-id')]).toEqual([TRACE, 'order-7']);
    const [access] = await accessOf('/things/1');
    expect(access).toMatchObject({
      'log.level': 'info',
      message: 'GET /things/1 200',
      'trace.id': TRACE,
      'span.id': span,
      'parent.id': SPAN,
      event: { outcome: 'success', duration: expect.any(Number) },
      http: { request: { method: 'GET', id: 'order-7' }, response: { status_code: 200, bytes: expect.any(Number) } },
      url: { path: '/things/1', query: 'token=***&page=2' },
      labels: { http_route: '/things/:id' },
      client: { ip: '127.0.0.0' },
      user_agent: { original: 'spec/1' },
    });
    expect(access!.event['duration']).toBeGreaterThan(10_000);
    const [handled] = await logged((line) => line.labels?.['thing'] === '1');
    expect(handled).toMatchObject({ 'trace.id': TRACE, 'span.id': span, labels: { request_id: 'order-7' } });
  });

  it('should keep parallel requests apart', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_x, index) => {
        const answer = await fetch(`${base}/things/p${index}`);
        const { before, after } = (await answer.json()) as { before: string; after: string };
        return { index, before, after, answered: answer.headers.get('traceresponse')!.split('-')[1] };
      }),
    );
    expect(new Set(answers.map(({ answered }) => answered)).size).toBe(200);
    const lines = await logged((line) => /^p\d+$/.test(String(line.labels?.['thing'])));
    for (const { index, before, after, answered } of answers) {
      expect([before, after]).toEqual([answered, answered]);
      expect(lines.find((line) => line.labels?.['thing'] === `p${index}`)?.['trace.id']).toBe(answered);
    }
  });

  it('should keep the trace while the body arrives in pieces', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(300_000) });
    const answer = await fetch(`${base}/things`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(await answer.json()).toEqual({
      trace: answer.headers.get('traceresponse')!.split('-')[1],
      size: body.length,
    });
  });

  it('should measure by route template, and give unknown paths one name', async () => {
    for (let index = 0; index < 300; index++) await server.inject(`/wp-admin/${index}.php`);
    await server.inject({ method: 'PURGE' as 'GET', url: '/things/1' });
    await server.inject('/things/2');
    const counts = await series('http_server_request_duration_seconds_count');
    expect(counts.filter((line) => line.includes('wp-admin'))).toEqual([]);
    expect(counts.find((line) => line.includes('"unmatched"') && line.includes('"GET"'))).toMatch(/"404"} 300$/);
    expect(counts.some((line) => line.includes('http_route="/things/:id"') && line.includes('"200"'))).toBe(true);
    expect(counts.some((line) => line.includes('PURGE'))).toBe(false);
  });

  it('should take our failures for errors and the mistakes of others for news', async () => {
    await fetch(`${base}/fails`);
    await fetch(`${base}/nowhere`);
    expect((await accessOf('/fails'))[0]).toMatchObject({ 'log.level': 'error', event: { outcome: 'failure' } });
    expect((await accessOf('/nowhere'))[0]).toMatchObject({ 'log.level': 'info', labels: { http_route: 'unmatched' } });
  });

  it('should tell of a client that went away', async () => {
    const controller = new AbortController();
    const answer = fetch(`${base}/slow`, { signal: controller.signal });
    await expect.poll(() => series('http_server_active_requests 1')).toHaveLength(1);
    controller.abort();
    await expect(answer).rejects.toThrow();
    await expect.poll(() => accessOf('/slow')).toHaveLength(1);
    expect((await accessOf('/slow'))[0]).toMatchObject({ event: { outcome: 'failure' }, labels: { aborted: true } });
    expect(await series('http_server_active_requests 0')).toHaveLength(1);
  });

  it('should know who left with the first request of a connection', async () => {
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    socket.write('GET /slow?once HTTP/1.1\r\nHost: x\r\n\r\n');
    await expect.poll(() => series('http_server_active_requests 1')).toHaveLength(1);
    socket.destroy();
    const left = () => logged((line) => line.url?.['query'] === 'once');
    await expect.poll(left).toHaveLength(1);
    expect((await left())[0]).toMatchObject({ client: { ip: '127.0.0.0' }, labels: { aborted: true } });
  });

  it('should log in detail the trace an operator chose, but not because a stranger says so', async () => {
    const details = () => logged((line) => line['message'] === 'in detail');
    await fetch(`${base}/things/3`, {
      headers: { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'mirante=debug' },
    });
    expect(await details()).toHaveLength(0);
    const chosen = 'c'.repeat(32);
    debugTrace(chosen);
    await fetch(`${base}/things/3`, { headers: { traceparent: `00-${chosen}-${SPAN}-01` } });
    expect(await details()).toHaveLength(1);
  });

  it('should take the trace along to others', async () => {
    const answer = await fetch(`${base}/calls`, {
      headers: { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'rojo=1' },
    });
    const echoed = (await answer.json()) as Record<string, string>;
    const [, trace, span] = echoed['traceparent']!.split('-');
    expect([trace, echoed['tracestate']]).toEqual([TRACE, 'rojo=1']);
    expect(span).not.toBe(answer.headers.get('traceresponse')!.split('-')[2]);
    expect((await accessOf('/echo'))[0]).toMatchObject({ 'trace.id': TRACE, 'parent.id': span });
    expect(await series('http_client_request_duration_seconds_count{')).toEqual([
      expect.stringContaining(
        'http_request_method="GET",server_address="127.0.0.1",http_response_status_code="200",error_type=""} 1',
      ),
    ]);
    await expect(observedFetch(`http://127.0.0.1:${await closedPort()}/`)).rejects.toThrow();
    expect(await series('error_type="ECONNREFUSED"')).not.toEqual([]);
  });

  it('should make one valid line of whatever a client sends', async () => {
    const hostile = [
      'GET /\u001b[2J%0d%0aforged"} HTTP/1.1\r\nHost: x\r\nUser-Agent: "}\u001b]0;x\u0007{\\\r\n',
      'GET /a?authorization=Bearer%20x&q="}{ HTTP/1.1\r\nHost: x\r\nX-Request-Id: a"b\r\ntraceparent: 00-0-0-0\r\n',
      `GET /${'y'.repeat(8_000)} HTTP/1.1\r\nHost: x\r\ntraceparent: 00-${'0'.repeat(32)}-${SPAN}-01\r\n`,
    ];
    const before = (await logged((line) => line['log.logger'] === 'HttpServer')).length;
    for (const head of hostile) await send(Number(new URL(base).port), `${head}Connection: close\r\n\r\n`);
    const lines = await logged((line) => line['log.logger'] === 'HttpServer');
    expect(lines.length).toBeGreaterThan(before);
    for (const line of lines) {
      expect(line['trace.id']).toMatch(/^[0-9a-f]*[1-9a-f][0-9a-f]*$/);
      expect(JSON.stringify(line).length).toBeLessThan(4_000);
    }
  });
});

function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

function send(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => (answer += chunk));
    socket.on('end', () => socket.end());
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}
