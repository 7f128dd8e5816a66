import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { currentLogLevels, health, type InternalServer, setLogLevels, startInternalServer } from '../src/index.js';

describe('internal server', () => {
  let sut: InternalServer;
  let base: string;
  beforeAll(async () => {
    setLogLevels('error');
    sut = await startInternalServer({ host: '127.0.0.1', port: 0 });
    base = `http://127.0.0.1:${sut.port}`;
  });
  afterEach(() => {
    health.remove('spec');
    setLogLevels('error');
  });
  afterAll(() => sut.close());

  const put = (body: string, type = 'application/json') =>
    fetch(`${base}/logging/levels`, { method: 'PUT', body, headers: { 'content-type': type } });

  it('should serve metrics in the form that is asked for', async () => {
    const text = await fetch(`${base}/metrics`);
    expect(text.headers.get('content-type')).toContain('text/plain');
    expect(await text.text()).toContain('process_cpu_seconds_total');
    const open = await fetch(`${base}/metrics`, { headers: { accept: 'application/openmetrics-text;version=1.0.0' } });
    expect(open.headers.get('content-type')).toContain('application/openmetrics-text');
    expect(await open.text()).toMatch(/# EOF\n$/);
  });

  it('should say that it lives, even when it is not ready', async () => {
    health.add('spec', () => {
      throw new Error('the broker is away');
    });
    expect((await fetch(`${base}/health/live`)).status).toBe(200);
    const ready = await fetch(`${base}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      ready: false,
      checks: [{ name: 'spec', ok: false, detail: 'the broker is away' }],
    });
    health.add('spec', () => 'back');
    expect((await fetch(`${base}/health/ready`)).status).toBe(200);
  });

  it('should change log levels', async () => {
    const answer = await put('{"levels":"warn,AmqpServer=debug"}');
    expect([answer.status, await answer.json()]).toEqual([200, { levels: 'warn,AmqpServer=debug' }]);
    expect(await (await fetch(`${base}/logging/levels`)).json()).toEqual({ levels: 'warn,AmqpServer=debug' });
  });

  it.each([
    ['an unknown level', '{"levels":"loud"}', 'application/json', 400, 'LOGGING.BAD_LEVELS'],
    ['no levels', '{}', 'application/json', 400, 'INTERNAL.BAD_REQUEST'],
    ['null', 'null', 'application/json', 400, 'INTERNAL.BAD_REQUEST'],
    ['levels of another type', '{"levels":["info"]}', 'application/json', 400, 'INTERNAL.BAD_REQUEST'],
    ['broken JSON', '{"levels":', 'application/json', 400, 'INTERNAL.BAD_REQUEST'],
    ['a form', '{"levels":"debug"}', 'text/plain', 415, 'INTERNAL.UNSUPPORTED_TYPE'],
    ['a long body', JSON.stringify({ levels: 'x'.repeat(100_000) }), 'application/json', 413, 'HTTP.BODY_TOO_LARGE'],
  ])('should refuse %s and change nothing', async (_what, body, type, status, code) => {
    const answer = await put(body, type);
    expect([answer.status, await answer.json()]).toEqual([status, { code, message: expect.any(String) }]);
    expect(currentLogLevels()).toBe('error');
  });

  it('should choose traces to be logged at debug level', async () => {
    const choose = (body: string) =>
      fetch(`${base}/logging/traces`, { method: 'PUT', body, headers: { 'content-type': 'application/json' } });
    const trace = '0af7651916cd43dd8448eb211c80319c';
    expect(await (await choose(`{"trace_id":"${trace}"}`)).json()).toEqual({ traces: [trace] });
    expect(await (await fetch(`${base}/logging/traces`)).json()).toEqual({ traces: [trace] });
    for (const body of ['{"trace_id":"ABC"}', '{}', 'null', '[]']) expect((await choose(body)).status, body).toBe(400);
  });

  it('should refuse other paths and methods', async () => {
    for (const path of ['/', '/metrics/', '/__proto__', '/constructor', '/health', '//metrics']) {
      expect((await fetch(base + path)).status, path).toBe(404);
    }
    const answer = await fetch(`${base}/metrics`, { method: 'POST', body: 'x' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
    expect((await fetch(`${base}/metrics?x=1`)).status).toBe(200);
  });

  it('should answer HEAD without a body', async () => {
    const length = await new Promise<number>((resolve, reject) => {
      request(`${base}/health/live`, { method: 'HEAD' }, (answer) => {
        let bytes = 0;
        answer.on('data', (chunk: Buffer) => (bytes += chunk.length)).on('end', () => resolve(bytes));
      })
        .on('error', reject)
        .end();
    });
    expect(length).toBe(0);
  });

  it('should fail when the port is taken', async () => {
    await expect(startInternalServer({ host: '127.0.0.1', port: sut.port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
