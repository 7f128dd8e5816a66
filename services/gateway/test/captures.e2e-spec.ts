import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeCapture, deleteCapture, startCapture } from '#libs/contracts';
import { CodedError } from '#libs/kernel';
import { startGateway, type GatewayApp } from './gateway-app.js';
import { rawRequest } from './raw-request.js';

const KEY = '7d3f0c1e-6a54-4c3e-9d2b-0c8f3e6a1b42';

describe('captures', () => {
  let sut: GatewayApp;

  beforeAll(async () => {
    sut = await startGateway();
  });

  beforeEach(() => sut.rpc.reset());

  afterAll(() => sut.close());

  const http = () => request(sut.url);
  const start = (body: object) => http().post('/api/v1/captures').send(body);

  it('should start a capture, with interval and tag in the form the service takes', async () => {
    const answer = await start({ tag: '#Lookout', sources: ['x'], mode: 'follow', every: '15m', budget_usd: 2.5 });
    expect(answer.status).toBe(201);
    expect(answer.headers['location']).toBe(`/api/v1/captures/${answer.body.id}`);
    expect(answer.body).toMatchObject({ tag: 'lookout', every_seconds: 900, estimate: { worst_case_usd: 1.805 } });
    expect(sut.rpc.callsOf(startCapture)).toEqual([
      {
        id: answer.body.id,
        tenant: 'anonymous',
        tag: 'lookout',
        sources: ['x'],
        mode: 'follow',
        every_seconds: 900,
        budget_usd: 2.5,
      },
    ]);
  });

  it('should leave the choice of sources to the service, and collect once, when nothing else is said', async () => {
    await start({ tag: 'lookout' }).expect(201);
    const [asked] = sut.rpc.callsOf(startCapture) as Record<string, unknown>[];
    expect(asked).toMatchObject({ tag: 'lookout', mode: 'once' });
    expect(asked).not.toHaveProperty('sources');
    expect(asked).not.toHaveProperty('every_seconds');
  });

  it('should give the same key the same capture', async () => {
    const ids = [];
    for (let n = 0; n < 2; n++) {
      const answer = await start({ tag: 'lookout' }).set('idempotency-key', n ? KEY.toUpperCase() : KEY);
      ids.push(answer.body.id);
    }
    expect(ids[0]).toBe(ids[1]);
    expect((await start({ tag: 'lookout' })).body.id).not.toBe(ids[0]);
  });

  it('should list, tell, change and end a capture', async () => {
    const { id } = (await start({ tag: 'lookout' })).body as { id: string };
    const path = `/api/v1/captures/${id}`;
    expect((await http().get('/api/v1/captures').expect(200)).body.items).toHaveLength(1);
    expect((await http().get(path.toUpperCase().replace('/API/V1/CAPTURES', '/api/v1/captures'))).body.id).toBe(id);
    expect((await http().patch(path).send({ paused: true }).expect(200)).body.state).toBe('paused');
    await http().patch(path).send({ every: 30, budget_usd: null }).expect(200);
    expect(sut.rpc.callsOf(changeCapture)).toEqual([
      { id, tenant: 'anonymous', paused: true },
      { id, tenant: 'anonymous', every_seconds: 30, budget_usd: null },
    ]);
    const ended = await http().delete(path).expect(204);
    expect([ended.text, ended.headers['content-type']]).toEqual(['', undefined]);
    expect(sut.rpc.callsOf(deleteCapture)).toEqual([{ id, tenant: 'anonymous' }]);
    expect((await http().get(path).expect(404)).body.code).toBe('CAPTURES.NOT_FOUND');
  });

  it('should show nobody the captures of another tenant', async () => {
    const scopes = 'captures:read captures:write';
    const [one, two] = ['one', 'two'].map((tenant) => `Bearer ${sut.keys.add({ scopes, tenant })}`) as [string, string];
    const { id } = (await start({ tag: 'lookout' }).set('authorization', one).expect(201)).body as { id: string };
    const path = `/api/v1/captures/${id}`;
    await http().get(path).set('authorization', one).expect(200);
    await http().get(path).set('authorization', two).expect(404);
    await http().patch(path).set('authorization', two).send({ paused: true }).expect(404);
    await http().delete(path).set('authorization', two).expect(404);
    expect((await http().get('/api/v1/captures').set('authorization', two)).body.items).toEqual([]);
  });

  it('should name every bad field of a body at once', async () => {
    const answer = await start({ tag: 'a b', sources: ['x', 'x'], mode: 'follow', every: '9s', budget: 1 }).expect(400);
    expect(answer.body.errors.map(({ where }: { where: string }) => where)).toEqual([
      'body.budget',
      'body.tag',
      'body.sources',
      'body.every',
    ]);
    expect(answer.body.errors[0]).toMatchObject({ allowed: 'tag, sources, mode, every, from, budget_usd' });
    expect(sut.rpc.calls).toEqual([]);
  });

  it('should tell where broken JSON is broken', async () => {
    const answer = await http()
      .post('/api/v1/captures')
      .type('application/json')
      .send('{\n  "tag": "a",\n  "tag": "b"\n}')
      .expect(400);
    expect(answer.body).toMatchObject({
      code: 'REQUEST.BAD_JSON',
      detail: expect.stringContaining('the field "tag" is given twice (line 3, column 3)'),
    });
  });

  it('should pass on what the service refuses', async () => {
    const words = 'sources: x is not configured here; available: mastodon';
    sut.rpc.fail(startCapture, new CodedError('CAPTURES.SOURCE_NOT_CONFIGURED', 'invalid', words));
    expect((await start({ tag: 'lookout', sources: ['x'] }).expect(400)).body.detail).toBe(words);
  });

  it('should not ask for a body it would refuse, and end one that does not come', async () => {
    const head = 'POST /api/v1/captures HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n';
    const refused = await rawRequest(sut.port, `${head}Expect: 100-continue\r\nContent-Length: 70000\r\n\r\n`);
    expect(refused.status).toBe(413);
    const stalled = await rawRequest(sut.port, `${head}Content-Length: 10\r\n\r\n{"tag"`, 20_000);
    expect(stalled.status).toBe(408);
    expect(sut.rpc.calls).toEqual([]);
  });
});
