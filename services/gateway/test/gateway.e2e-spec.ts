import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getArchive, importArchive, listPosts, summaryReport, topUsersReport } from '#libs/contracts';
import { CodedError } from '#libs/kernel';
import { problemSchema } from '../src/problems/problem.domain.js';
import { startGateway, type GatewayApp } from './gateway-app.js';

const NDJSON = 'application/x-ndjson';
const KEY = '7d3f0c1e-6a54-4c3e-9d2b-0c8f3e6a1b42';

describe('gateway', () => {
  let sut: GatewayApp;
  const http = () => request(sut.url);

  beforeAll(async () => {
    sut = await startGateway();
  });

  beforeEach(() => sut.rpc.reset());

  afterAll(() => sut.close());

  it('should store an upload, hand over its reference and say where to look', async () => {
    const answer = await http().post('/api/v1/archives?tag=%23LookOut').type(NDJSON).send('{"data":[]}\n').expect(202);

    const { id, status_url: statusUrl } = answer.body as { id: string; status_url: string };
    expect(statusUrl).toBe(`/api/v1/archives/${id}`);
    expect(answer.headers['location']).toBe(statusUrl);
    const [handed] = sut.rpc.callsOf(importArchive) as { blob: string; bytes: number }[];
    expect(handed).toMatchObject({ id, tenant: 'anonymous', tag: 'lookout', bytes: 12 });
    expect((await sut.storedFiles()).some((path) => path.endsWith(handed!.blob))).toBe(true);
    await http().get(statusUrl).expect(200);
  });

  it.each(['application/json', 'application/gzip', 'application/octet-stream', 'Application/JSON; charset=utf-8'])(
    'should take %s without looking inside',
    async (type) => {
      await http().post('/api/v1/archives').set('content-type', type).send(Buffer.from('not json')).expect(202);
    },
  );

  it('should start one import only for the same idempotency key', async () => {
    const upload = () => http().post('/api/v1/archives').type(NDJSON).set('idempotency-key', KEY).send('{}');
    const first = await upload().expect(202);
    const second = await upload().expect(202);

    expect(second.body).toEqual(first.body);
    expect(sut.rpc.callsOf(importArchive)).toHaveLength(1);
  });

  it('should refuse to use an idempotency key for another upload', async () => {
    const upload = (path: string, body: string) =>
      http()
        .post(path)
        .type(NDJSON)
        .set('idempotency-key', KEY)
        .send(body)
        .then(({ status, body: { code } }) => [status, code as string]);
    await upload('/api/v1/archives?tag=fog', '{}');

    expect(await upload('/api/v1/archives?tag=FOG', '{}')).toEqual([202, undefined]);
    expect(await upload('/api/v1/archives?tag=sun', '{}')).toEqual([409, 'UPLOAD.KEY_REUSED']);
    expect(await upload('/api/v1/archives?tag=fog', '{"a":1}')).toEqual([409, 'UPLOAD.KEY_REUSED']);
  });

  it('should hand an upload over again when the answer got lost', async () => {
    let calls = 0;
    sut.rpc.answer(importArchive, ({ id }) => {
      if (++calls === 1) throw new CodedError('RPC.BROKER_LOST', 'unavailable', 'lost');
      return { id };
    });

    await http().post('/api/v1/archives').type(NDJSON).send('{}').expect(202);
    const [first, second] = sut.rpc.callsOf(importArchive);
    expect(second).toEqual(first);
  });

  it.each([
    [undefined, 'UPLOAD.TYPE', 415],
    ['text/csv', 'UPLOAD.TYPE', 415],
    ['multipart/form-data; boundary=x', 'UPLOAD.TYPE', 415],
  ])('should refuse the content type %s', async (type, code, status) => {
    const answer = await fetch(`${sut.url}/api/v1/archives`, {
      method: 'POST',
      body: Buffer.from('{}'),
      ...(type && { headers: { 'content-type': type } }),
    });
    expect(answer.status).toBe(status);
    const problem = problemSchema.parse(await answer.json());
    expect(problem.code).toBe(code);
    expect(problem.errors?.[0]?.allowed).toContain('application/x-ndjson');
  });

  it('should refuse an empty upload', async () => {
    const answer = await http().post('/api/v1/archives').type(NDJSON).expect(400);
    expect(answer.body).toMatchObject({ code: 'UPLOAD.EMPTY' });
  });

  it('should pass the filters on and fill in the defaults', async () => {
    await http().get('/api/v1/posts').query({ tag: '#Lookout', source: 'x', from: '2026-01-01T00:00:00Z' }).expect(200);
    await http().get('/api/v1/analytics/top-users').query({ tag: 'lookout' }).expect(200);

    expect(sut.rpc.callsOf(listPosts)).toEqual([
      { tag: 'lookout', source: 'x', from: '2026-01-01T00:00:00Z', limit: 50 },
    ]);
    expect(sut.rpc.callsOf(topUsersReport)).toEqual([{ tag: 'lookout', limit: 5 }]);
  });

  it('should refuse unknown and repeated parameters and name what is allowed', async () => {
    const answer = await http().get('/api/v1/posts?tga=x&tag=a&tag=b&limit=999').expect(400);

    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.body).toMatchObject({
      status: 400,
      code: 'REQUEST.INVALID',
      instance: '/api/v1/posts',
      errors: [
        { where: 'query.tga', allowed: expect.stringContaining('tag, source') as string },
        { where: 'query.tag', message: 'given more than once' },
        { where: 'query.limit', allowed: 'an integer from 1 to 200' },
      ],
    });
    expect(sut.rpc.calls).toHaveLength(0);
  });

  it.each([
    ['GET', '/nowhere', 404, 'ROUTE.NOT_FOUND'],
    ['POST', '/nowhere', 404, 'ROUTE.NOT_FOUND'],
    ['GET', '/api/v1/posts/', 404, 'ROUTE.NOT_FOUND'],
    ['DELETE', '/api/v1/posts', 405, 'ROUTE.METHOD_NOT_ALLOWED'],
    ['POST', '/api/v1/posts', 405, 'ROUTE.METHOD_NOT_ALLOWED'],
    ['PUT', '/api/v1/archives/x', 405, 'ROUTE.METHOD_NOT_ALLOWED'],
    ['GET', '/api/v1/archives/%zz', 400, 'REQUEST.MALFORMED'],
    ['GET', '/api/v1/archives/not-a-uuid', 400, 'REQUEST.INVALID'],
    ['GET', `/api/v1/archives/${'a'.repeat(300)}`, 414, 'REQUEST.URI_TOO_LONG'],
    ['GET', '/api/v1/analytics/summary', 400, 'REQUEST.INVALID'],
    [
      'GET',
      '/api/v1/analytics/summary?tag=a&from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z',
      400,
      'REQUEST.INVALID',
    ],
    ['GET', '/api/v1/posts?q=%ff', 400, 'REQUEST.INVALID'],
  ])('should answer %s %s with a problem %i %s', async (method, path, status, code) => {
    const answer = await fetch(sut.url + path, { method, ...(method === 'POST' && { body: '{' }) });
    const problem = problemSchema.parse(await answer.json());
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect([answer.status, problem.status, problem.code]).toEqual([status, status, code]);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    if (status === 405) expect(answer.headers.get('allow')).toMatch(/GET, HEAD/);
  });

  it('should answer HEAD like GET without a body', async () => {
    const answer = await http().head('/api/v1/analytics/summary?tag=a').expect(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(sut.rpc.callsOf(summaryReport)).toHaveLength(1);
  });

  it('should say what is allowed on OPTIONS and keep CORS closed', async () => {
    const answer = await http()
      .options('/api/v1/archives')
      .set({ origin: 'https://elsewhere.example', 'access-control-request-method': 'POST' })
      .expect(204);
    expect(answer.headers['allow']).toBe('POST, GET, HEAD, OPTIONS');
    const names = Object.keys((await http().get('/version').set('origin', 'https://elsewhere.example')).headers);
    expect([...names, ...Object.keys(answer.headers)].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it.each([
    [new CodedError('ARCHIVES.NOT_FOUND', 'not-found', 'no such archive'), 404, 'no such archive'],
    [new CodedError('RPC.TIMEOUT', 'timeout', 'secret-host did not answer'), 504, 'away'],
    [new CodedError('RPC.UNAVAILABLE', 'unavailable', 'connect secret-host:5672'), 503, 'away'],
    [new CodedError('X.RATE', 'rate-limited', 'slower', { retryAfterMs: 1_200 }), 429, 'slower'],
    [new Error('secret-host: password wrong'), 500, 'trace id'],
    [new CodedError('DB.BROKEN', 'internal', 'secret-host table gone'), 500, 'trace id'],
  ])('should map %s to a status without leaking', async (error, status, detail) => {
    sut.rpc.fail(getArchive, error);
    const answer = await http().get(`/api/v1/archives/${KEY}`).expect(status);
    const problem = problemSchema.parse(answer.body);
    expect(problem.detail).toContain(detail);
    expect(answer.text).not.toMatch(/secret-host|\bat .*\.ts/);
    expect(problem.trace_id).toMatch(/^[0-9a-f]{32}$/);
    expect(answer.headers['retry-after'] !== undefined).toBe([429, 503, 504].includes(status));
    if (status === 429) expect(answer.headers['retry-after']).toBe('2');
  });

  it('should answer pages and files with a closed content security policy', async () => {
    for (const path of ['/', '/assets/main.js', '/assets/style.css', '/assets/icon.svg', '/api/docs']) {
      const answer = await http().get(path).expect(200);
      expect(answer.headers['content-security-policy']).toContain("default-src 'none';script-src 'self'");
      expect(answer.text ?? String(answer.body)).not.toMatch(
        /<script>|style=|onclick|(src|href)=.https?:|@import|url\(/,
      );
    }
    await http().get('/assets/secrets.js').expect(400);
  });

  it('should list a service that does not answer as down and keep the overview', async () => {
    const other = await startGateway({ MIRANTE_SERVICES: ['analytics', 'absent'] });
    try {
      other.rpc.serviceUp('analytics', false);
      const { body } = await request(other.url).get('/api/v1/system').expect(200);
      expect(body).toMatchObject({
        status: 'degraded',
        services: [
          { service: 'analytics', status: 'degraded' },
          { service: 'absent', status: 'down', reason: 'RPC.UNROUTABLE', description: null },
        ],
        alerts: null,
        targets: null,
      });
    } finally {
      await other.close();
    }
  });

  it('should tell its version', async () => {
    const { body } = await http().get('/version').expect(200);
    expect(body).toMatchObject({
      name: 'mirante',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      node: process.version,
    });
  });
});
