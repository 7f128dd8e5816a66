import { Agent, get } from 'node:http';
import request from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { listPosts } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { problemSchema } from '../src/problems/problem.domain.js';
import { startGateway, type GatewayApp } from './gateway-app.js';

describe('limits of the gateway', () => {
  let sut: GatewayApp;

  afterEach(() => sut.close());

  it('should let nobody without a key write in production', async () => {
    sut = await startGateway({ MIRANTE_ENV: 'production' });
    const upload = request(sut.url).post('/api/v1/archives').type('application/json').send('{}');
    const { body, headers } = await upload.expect(401);
    expect(body).toMatchObject({ code: 'ACCESS.KEY_NEEDED' });
    expect(headers['strict-transport-security']).toBeDefined();
    expect(sut.rpc.calls).toEqual([]);
    await request(sut.url).get('/api/v1/posts').expect(200);
  });

  it('should slow an address down in production, but not its keys', async () => {
    sut = await startGateway({ MIRANTE_ENV: 'production', MIRANTE_ANONYMOUS_PER_MINUTE: 2 });
    await request(sut.url).get('/version').expect(200);
    await request(sut.url).get('/nowhere').expect(404);
    const { body, headers } = await request(sut.url).get('/version').expect(429);

    expect(problemSchema.parse(body).code).toBe('GATEWAY.RATE_LIMITED');
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    // An address is what the socket says, not what a header claims.
    await request(sut.url).get('/nowhere').set('x-forwarded-for', '203.0.113.7').expect(429);
    const key = sut.keys.add({ scopes: 'posts:read' });
    await request(sut.url).get('/version').set('authorization', `Bearer ${key}`).expect(200);
  });

  it('should count addresses behind as many proxies as it was told', async () => {
    sut = await startGateway({
      MIRANTE_ENV: 'production',
      MIRANTE_ANONYMOUS_PER_MINUTE: 1,
      MIRANTE_TRUST_PROXY_HOPS: 1,
    });
    const ask = (address: string) => request(sut.url).get('/version').set('x-forwarded-for', address);
    await ask('203.0.113.7').expect(200);
    await ask('203.0.113.8').expect(200);
    await ask('198.51.100.1, 203.0.113.7').expect(429);
  });

  it('should refuse at once what it has no room for, and recover', async () => {
    sut = await startGateway({ MIRANTE_MAX_IN_FLIGHT: 2 });
    const waiting: (() => void)[] = [];
    sut.rpc.answer(
      listPosts,
      () => new Promise((resolve) => waiting.push(() => resolve({ items: [], next_cursor: null }))),
    );
    const slow = [1, 2].map(() =>
      request(sut.url)
        .get('/api/v1/posts')
        .then(({ status }) => status),
    );
    await eventually(() => expect(waiting).toHaveLength(2), { timeoutMs: 5_000 });

    const refused = await request(sut.url).get('/version').expect(503);
    expect(refused.body).toMatchObject({ code: 'GATEWAY.OVERLOADED' });
    expect(refused.headers['retry-after']).toBe('1');
    waiting.forEach((answer) => answer());
    expect(await Promise.all(slow)).toEqual([200, 200]);
    await eventually(() => request(sut.url).get('/version').expect(200), { timeoutMs: 5_000 });
  });

  it('should answer what is in hand when it closes, and then not wait for idle connections', async () => {
    sut = await startGateway();
    let answer = (): void => undefined;
    sut.rpc.answer(
      listPosts,
      () => new Promise((resolve) => (answer = () => resolve({ items: [], next_cursor: null }))),
    );
    const agent = new Agent({ keepAlive: true });
    const status = new Promise((resolve, reject) => {
      get(`${sut.url}/api/v1/posts`, { agent }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      }).on('error', reject);
    });
    await eventually(() => expect(sut.rpc.calls).toHaveLength(1));
    const closed = sut.close();
    answer();

    expect(await status).toBe(200);
    const closing = performance.now();
    await closed;
    expect(performance.now() - closing).toBeLessThan(2_000);
    agent.destroy();
  });
});
