import request from 'supertest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listArchives } from '#libs/contracts';
import { anonymousCaller } from '../src/access/caller.js';
import { keyText, newKey } from '../src/keys/api-key.js';
import { RouteCatalogue } from '../src/routes/route-catalogue.js';
import { SCOPES, type RouteDeclaration } from '../src/routes/route.js';
import { startGateway, type GatewayApp } from './gateway-app.js';

const ALL = SCOPES.join(' ');
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** Asks for a route as little as it takes to get past the access check. */
async function ask(sut: GatewayApp, route: RouteDeclaration, headers: Record<string, string>) {
  const id = '019a3f0e-6a54-7c3e-9d2b-0c8f3e6a1b42';
  const path = route.path.replace(/:([a-z]+)/g, (_, name: string) =>
    name === 'id' ? id : (route.examples?.[name] ?? 'x'),
  );
  const query = new URLSearchParams(
    Object.entries(route.examples ?? {}).filter(([name]) => route.query?.shape[name] !== undefined),
  );
  const answer = await fetch(`${sut.url}${path}?${query}`, { method: route.method, headers });
  // A stream of events has no end to wait for.
  const endless = answer.headers.get('content-type')?.startsWith('text/event-stream');
  if (endless) await answer.body!.cancel();
  const text = endless ? '' : await answer.text();
  const code = answer.ok ? undefined : (JSON.parse(text) as { code?: string }).code;
  return { status: answer.status, code, detail: text };
}

describe('access to every route', () => {
  let sut: GatewayApp;
  let routes: readonly RouteDeclaration[];

  beforeAll(async () => {
    sut = await startGateway({ MIRANTE_ENV: 'production', MIRANTE_ANONYMOUS_ACCESS: 'none' });
    routes = sut.app.get(RouteCatalogue).routes;
  });

  afterAll(() => sut.close());

  it('should need a key wherever a scope is declared, when callers without one may do nothing', async () => {
    for (const route of routes) {
      const { status, code } = await ask(sut, route, {});
      if (route.scope === 'public') expect([route.id, status]).toEqual([route.id, 200]);
      else expect([route.id, status, code]).toEqual([route.id, 401, 'ACCESS.KEY_NEEDED']);
    }
  });

  it('should refuse a key that has every scope but the one of the route, and name it', async () => {
    for (const route of routes.filter(({ scope }) => scope !== 'public')) {
      const key = sut.keys.add({ scopes: SCOPES.filter((scope) => scope !== route.scope).join(' ') });
      const { status, code, detail } = await ask(sut, route, bearer(key));
      expect([route.id, status, code]).toEqual([route.id, 403, 'ACCESS.SCOPE_MISSING']);
      expect(detail).toContain(route.scope);
    }
  });

  it('should let a key with only the scope of the route through', async () => {
    for (const route of routes) {
      const { status } = await ask(sut, route, bearer(sut.keys.add({ scopes: route.scope })));
      expect([route.id, status]).not.toEqual([route.id, 401]);
      expect([route.id, status]).not.toEqual([route.id, 403]);
    }
  });
});

describe('callers without a key', () => {
  it.each([
    ['production', undefined, 'read'],
    ['local', undefined, 'write'],
    ['local', 'none', 'none'],
    ['production', 'write', 'write'],
  ] as const)('should be let in by the setting (%s, %s)', async (env, setting, access) => {
    const sut = await startGateway({ MIRANTE_ENV: env, MIRANTE_ANONYMOUS_ACCESS: setting });
    try {
      const may = anonymousCaller(access).scopes;
      for (const route of sut.app.get(RouteCatalogue).routes) {
        const { status } = await ask(sut, route, {});
        expect([route.id, status === 401]).toEqual([route.id, !may.has(route.scope)]);
      }
    } finally {
      await sut.close();
    }
  });

  it('should never read personal feedback or whole posts, nor write in production', () => {
    const read = anonymousCaller('read').scopes;
    for (const scope of [
      'feedback:read',
      'exports:full',
      'exports:read',
      'archives:write',
      'captures:write',
    ] as const) {
      expect([scope, read.has(scope)]).toEqual([scope, false]);
    }
    expect(anonymousCaller('write').scopes.has('feedback:read')).toBe(false);
    expect(anonymousCaller('write').scopes.has('exports:full')).toBe(false);
  });
});

describe('keys', () => {
  let sut: GatewayApp;
  const http = () => request(sut.url);

  beforeEach(async () => {
    sut = await startGateway({ MIRANTE_ENV: 'production', MIRANTE_ANONYMOUS_ACCESS: 'none' });
  });

  afterEach(() => sut.close());

  it('should work for the tenant of the key', async () => {
    await http()
      .get('/api/v1/archives')
      .set(bearer(sut.keys.add({ scopes: 'archives:read', tenant: 'globex' })))
      .expect(200);
    expect(sut.rpc.callsOf(listArchives)).toMatchObject([{ tenant: 'globex' }]);
  });

  it('should be asked for in the database once in a while only', async () => {
    const key = sut.keys.add({ scopes: ALL });
    for (let i = 0; i < 30; i++) await http().get('/api/v1/posts').set(bearer(key)).expect(200);
    expect(sut.keys.lookups).toBe(1);
    expect(sut.keys.reservations).toBe(1);
    expect(sut.keys.row(key).last_used_at).not.toBeNull();
  });

  it.each([
    ['an unknown id', () => keyText(newKey()), 'ACCESS.UNKNOWN_KEY'],
    [
      'a wrong secret',
      () => keyText({ ...newKey(), id: sut.keys.add({ scopes: ALL }).split('_')[1]! }),
      'ACCESS.UNKNOWN_KEY',
    ],
    [
      'a key that ran out',
      () => sut.keys.add({ scopes: ALL, expires_at: new Date(Date.now() - 1) }),
      'ACCESS.KEY_EXPIRED',
    ],
    ['a revoked key', () => sut.keys.add({ scopes: ALL, revoked_at: new Date() }), 'ACCESS.KEY_REVOKED'],
    ['a short secret', () => 'mir_abcdefgh_short', 'ACCESS.MALFORMED_KEY'],
    ['nothing', () => '', 'ACCESS.MALFORMED_KEY'],
  ])('should be refused: %s', async (_what, key, code) => {
    const shown = key();
    const { body, text, headers } = await http().get('/api/v1/posts').set(bearer(shown)).expect(401);
    expect(body).toMatchObject({ code });
    expect(headers['www-authenticate']).toMatch(/^Bearer/);
    if (shown) expect(text).not.toContain(shown);
  });

  it.each(['Basic YTpi', 'Bearer', 'mir_abcdefgh_x', `Bearer ${keyText(newKey())} `.repeat(2)])(
    'should be refused in the header "%s"',
    async (authorization) => {
      const { body } = await http().get('/version').set({ authorization }).expect(401);
      expect(body).toMatchObject({ code: 'ACCESS.MALFORMED_KEY' });
    },
  );

  it('should be refused also where there is no route, and on public ones', async () => {
    const headers = bearer(keyText(newKey()));
    for (const path of ['/nowhere', '/version', '/']) await http().get(path).set(headers).expect(401);
  });

  it('should ask the database for every wrong secret, so that a known id takes as long as an unknown one', async () => {
    const key = sut.keys.add({ scopes: ALL });
    await http().get('/api/v1/posts').set(bearer(key)).expect(200);
    const wrong = keyText({ ...newKey(), id: key.split('_')[1]! });
    await http().get('/api/v1/posts').set(bearer(wrong)).expect(401);
    await http()
      .get('/api/v1/posts')
      .set(bearer(keyText(newKey())))
      .expect(401);
    expect(sut.keys.lookups).toBe(3);
  });

  it('should make an address wait that tries keys, and let a key pass that is known to work', async () => {
    const good = sut.keys.add({ scopes: ALL });
    await http().get('/api/v1/posts').set(bearer(good)).expect(200);
    const guess = () =>
      http()
        .get('/nowhere')
        .set(bearer(keyText(newKey())));
    for (let i = 0; i < 20; i++) await guess().expect(401);
    const { body, headers } = await guess().expect(429);
    expect(body).toMatchObject({ code: 'ACCESS.TOO_MANY_FAILURES' });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    await http().get('/api/v1/posts').set(bearer(good)).expect(200);
  });

  it('should count tries that are made at the same time', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 60 }, () =>
        http()
          .get('/version')
          .set(bearer(keyText(newKey())))
          .then(({ status }) => status),
      ),
    );
    expect(statuses.filter((status) => status === 401)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(40);
  });

  it('should be held to the limit of the key and told what is left', async () => {
    const key = sut.keys.add({ scopes: ALL, requests_per_minute: 25 });
    for (let left = 24; left >= 0; left--) {
      const { headers } = await http().get('/version').set(bearer(key)).expect(200);
      expect(headers['ratelimit-policy']).toBe('"key";q=25;w=60');
      expect(headers['ratelimit']).toMatch(new RegExp(`^"key";r=${left};t=(60|59)$`));
    }
    const { body, headers } = await http().get('/version').set(bearer(key)).expect(429);
    expect(body).toMatchObject({ code: 'ACCESS.KEY_RATE_LIMITED' });
    expect(headers['ratelimit']).toContain('r=0;');
    expect(Number(headers['retry-after'])).toBeGreaterThan(50);
    await http()
      .get('/version')
      .set(bearer(sut.keys.add({ scopes: ALL })))
      .expect(200);
  });

  it('should go on working while the database is away, and unknown ones be called neither good nor bad', async () => {
    const known = sut.keys.add({ scopes: ALL, requests_per_minute: 12 });
    const never = sut.keys.add({ scopes: ALL });
    await http().get('/api/v1/posts').set(bearer(known)).expect(200);
    sut.keys.away = true;

    for (let i = 0; i < 11; i++) await http().get('/api/v1/posts').set(bearer(known)).expect(200);
    await http().get('/api/v1/posts').set(bearer(known)).expect(429);
    const { body, headers } = await http().get('/api/v1/posts').set(bearer(never)).expect(503);
    expect(body).toMatchObject({ code: 'ACCESS.KEYS_UNAVAILABLE' });
    expect(headers['retry-after']).toBeDefined();
    await http().get('/version').expect(200);
    for (let i = 0; i < 18; i++) await http().get('/version').set(bearer(never));
    await http().get('/version').set(bearer(never)).expect(503);
    await http().get('/version').set(bearer(never)).expect(429);
  });
});
