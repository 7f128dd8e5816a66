import request from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { listVisitorKeys, visitorReferrers, visitorReport, visitorSummary } from '#libs/contracts';
import { CodedError } from '#libs/kernel';
import { metricsRegistry } from '#libs/observability';
import { eventually } from '#libs/testing';
import type { GatewayConfig } from '../src/gateway.config.js';
import { VisitorKeysService } from '../src/visits/visitor-keys.service.js';
import type { VisitsConfig } from '../src/visits/visits.config.js';
import { startGateway, type GatewayApp } from './gateway-app.js';
import { keysExample } from './visitor-examples.js';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

describe('visits', () => {
  let sut: GatewayApp;

  afterEach(() => sut?.close());

  async function start(config: Partial<GatewayConfig> = {}, visits: Partial<VisitsConfig> = {}): Promise<void> {
    sut = await startGateway(config, visits);
    await eventually(() => sut.app.get(VisitorKeysService).current !== undefined);
  }

  const visit = (path: string = '/', headers: Record<string, string> = {}) =>
    request(sut.url)
      .get(path)
      .set({ 'user-agent': FIREFOX, ...headers });

  const report = (body: object, headers: Record<string, string> = {}) =>
    request(sut.url)
      .post('/api/v1/visits')
      .set({ 'user-agent': FIREFOX, ...headers })
      .send(body);

  const eventuallySums = (expected: object, site?: string) =>
    eventually(() => expect(sut.events.sums(site)).toEqual(expected));

  it('should count its own pages by class, and nothing else', async () => {
    await start();
    await visit().expect(200);
    await visit('/api/docs').expect(200);
    await visit('/', { 'sec-gpc': '1' }).expect(200);
    await visit('/', { 'user-agent': 'curl/8.5.0' }).expect(200);
    await visit('/', { 'sec-purpose': 'prefetch' }).expect(200);
    await visit('/assets/main.js').expect(200);
    await visit('/version').expect(200);
    await request(sut.url).head('/').set('user-agent', FIREFOX).expect(200);
    await visit('/nowhere').expect(404);
    await visit('/api/docs', { 'user-agent': `${FIREFOX} other` }).expect(200);
    await eventuallySums({ unique: 2, hits: 4, dnt: 1, bots: 1 });
  });

  it('should not send addresses, agents or anything made from them that lasts', async () => {
    await start();
    await visit('/', { 'user-agent': `${FIREFOX} canary-agent` }).expect(200);
    await eventually(() => expect(sut.events.published).toHaveLength(1));
    const text = JSON.stringify(sut.events.published);
    expect(text).not.toContain('127.0.0.1');
    expect(text).not.toContain('canary');
    expect(text).not.toContain(keysExample().days[0]!.secret);
  });

  it('should take nobody at their word about where they come from', async () => {
    await start();
    for (let n = 0; n < 5; n++) {
      const spoofed = `198.51.100.${n}`;
      await visit('/', { 'x-forwarded-for': spoofed, forwarded: `for=${spoofed}`, 'x-real-ip': spoofed });
    }
    await eventuallySums({ unique: 1, hits: 5, dnt: 0, bots: 0 });
  });

  it('should believe as many proxies as there are, and no entry before theirs', async () => {
    await start({ MIRANTE_TRUST_PROXY_HOPS: 2 });
    for (const forged of ['', '192.0.2.1, ', '192.0.2.2, ']) {
      await visit('/', { 'x-forwarded-for': `${forged}203.0.113.7, 10.0.0.5` });
    }
    await visit('/', { 'x-forwarded-for': '203.0.113.8, 10.0.0.5' });
    await eventuallySums({ unique: 2, hits: 4, dnt: 0, bots: 0 });
  });

  it('should believe proxies by their network', async () => {
    await start({ MIRANTE_TRUST_PROXY_CIDRS: ['127.0.0.0/8', '10.0.0.0/8'] });
    for (const forged of ['192.0.2.1', '192.0.2.2']) {
      await visit('/', { 'x-forwarded-for': `${forged}, 203.0.113.7, 10.0.0.5` });
    }
    await eventuallySums({ unique: 1, hits: 2, dnt: 0, bots: 0 });
  });

  it('should publish again under the same id when nobody said that it arrived', async () => {
    await start();
    sut.events.lostConfirms = 2;
    await visit();
    await eventually(() => expect(sut.events.published.length).toBe(3));
    expect(new Set(sut.events.published.map(({ id }) => id)).size).toBe(1);
    expect(new Set(sut.events.published.map(({ payload }) => JSON.stringify(payload))).size).toBe(1);
  });

  async function lost(reason: string): Promise<number> {
    const { values } = await metricsRegistry.getSingleMetric('visit_events_lost_total')!.get();
    return values.find(({ labels }) => labels['reason'] === reason)?.value ?? 0;
  }

  it('should keep visits while the broker is away, lose those beyond its room and say how many', async () => {
    await start({}, { MIRANTE_VISITS_MAX_VISITORS: 2 });
    const before = await lost('buffer-full');
    sut.events.isUsable = false;
    for (const agent of ['one', 'one', 'two', 'three', 'four', 'four', 'two']) {
      await visit('/', { 'user-agent': `${FIREFOX} ${agent}` }).expect(200);
    }
    expect(await lost('buffer-full')).toBe(before + 3);
    expect(sut.events.published).toEqual([]);
    sut.events.isUsable = true;
    await eventuallySums({ unique: 2, hits: 4, dnt: 0, bots: 0 });
    // There is room again once they have arrived.
    await visit('/', { 'user-agent': `${FIREFOX} five` }).expect(200);
    await eventuallySums({ unique: 3, hits: 5, dnt: 0, bots: 0 });
    expect(await lost('buffer-full')).toBe(before + 3);
  });

  it('should not take more than its room while nobody confirms', async () => {
    await start({}, { MIRANTE_VISITS_MAX_VISITORS: 2 });
    const before = await lost('buffer-full');
    sut.events.lostConfirms = Infinity;
    for (const agent of ['one', 'two', 'three']) await visit('/', { 'user-agent': `${FIREFOX} ${agent}` }).expect(200);
    expect(await lost('buffer-full')).toBe(before + 1);
    sut.events.lostConfirms = 0;
    await eventuallySums({ unique: 2, hits: 2, dnt: 0, bots: 0 });
  });

  it('should keep visits until it has keys', async () => {
    const noBroker = new CodedError('RPC.UNAVAILABLE', 'unavailable', 'no broker');
    sut = await startGateway({}, {}, (rpc) => rpc.fail(listVisitorKeys, noBroker));
    const referer = 'https://search.example/';
    for (const agent of ['one', 'two', 'two']) {
      await visit('/', { 'user-agent': `${FIREFOX} ${agent}`, referer }).expect(200);
    }
    await visit('/', { 'user-agent': 'curl/8.5.0' }).expect(200);
    // What needs no key does not wait for one.
    await eventuallySums({ unique: 0, hits: 0, dnt: 0, bots: 1 });
    expect(sut.app.get(VisitorKeysService).current).toBeUndefined();
    sut.rpc.answer(listVisitorKeys, keysExample);
    await eventuallySums({ unique: 2, hits: 3, dnt: 0, bots: 1 });
    expect(sut.events.tallies.flatMap(({ referrers }) => referrers)).toEqual([{ host: 'search.example', hits: 3 }]);
  });

  it('should say how many visits are lost with it', async () => {
    await start();
    const before = await lost('shutdown');
    sut.events.isUsable = false;
    for (const agent of ['one', 'two', 'two']) await visit('/', { 'user-agent': `${FIREFOX} ${agent}` }).expect(200);
    await sut.close();
    expect(await lost('shutdown')).toBe(before + 3);
  });

  it('should count hosts that led people here, and nothing else of where they came from', async () => {
    await start();
    const from = (referer: string, headers: Record<string, string> = {}) => visit('/', { referer, ...headers });
    await from('https://www.search.example/find?q=canary-query').expect(200);
    await from('https://news.example/canary-page').expect(200);
    await from('https://search.example/').expect(200);
    await from('http://203.0.113.7/').expect(200);
    await from(`${sut.url}/api/docs`).expect(200);
    await from('https://dnt.example/', { dnt: '1' }).expect(200);
    await from('https://bot.example/', { 'user-agent': 'curl/8.5.0' }).expect(200);
    await eventuallySums({ unique: 1, hits: 6, dnt: 1, bots: 1 });
    const sum = new Map<string, number>();
    for (const { host, hits } of sut.events.tallies.flatMap(({ referrers }) => referrers)) {
      sum.set(host, (sum.get(host) ?? 0) + hits);
    }
    expect(Object.fromEntries(sum)).toEqual({ 'search.example': 2, 'news.example': 1, '(other)': 1 });
    expect(JSON.stringify(sut.events.published)).not.toContain('canary');
  });

  it('should send the last visits before it ends', async () => {
    await start({}, { MIRANTE_VISITS_FLUSH_MS: 10_000 });
    await visit();
    await sut.close();
    expect(sut.events.sums()).toEqual({ unique: 1, hits: 1, dnt: 0, bots: 0 });
  });

  describe('of other sites', () => {
    const SITE = 'blog.example';
    const page = { site: SITE, path: '/news/today' };
    const origin = `https://${SITE}`;

    it('should be counted for the site, from its pages and from programs', async () => {
      await start({}, { MIRANTE_VISITS_SITES: [SITE] });
      await report(page, { origin }).expect(202);
      await report({ ...page, referrer: 'https://search.example/?q=1' }).expect(202);
      await report({ ...page, referrer: `${origin}/news` }).expect(202);
      await report({ ...page, path: '/logo.svg' }, { origin }).expect(202);
      await eventuallySums({ unique: 1, hits: 3, dnt: 0, bots: 0 }, SITE);
      expect(sut.events.tallies.flatMap(({ referrers }) => referrers)).toEqual([{ host: 'search.example', hits: 1 }]);
      expect(sut.events.sums()).toEqual({ unique: 0, hits: 0, dnt: 0, bots: 0 });
    });

    it.each([
      [{ site: 'elsewhere.example', path: '/' }, {}, 403, 'VISITS.UNKNOWN_SITE'],
      [page, { origin: 'https://evil.example' }, 403, 'VISITS.FOREIGN_ORIGIN'],
      [page, { origin: 'null' }, 403, 'VISITS.FOREIGN_ORIGIN'],
      [{ site: SITE, path: 'news' }, {}, 400, 'REQUEST.INVALID'],
      [{ site: SITE, path: '/?token=1' }, {}, 400, 'REQUEST.INVALID'],
      [{ site: SITE, path: `/${'x'.repeat(2_000)}` }, {}, 400, 'REQUEST.INVALID'],
      [{ site: 'Blog Example', path: '/' }, {}, 400, 'REQUEST.INVALID'],
      [{ ...page, address: '1.2.3.4' }, {}, 400, 'REQUEST.INVALID'],
    ])('should refuse %j from %j', async (body, headers, status, code) => {
      await start({}, { MIRANTE_VISITS_SITES: [SITE] });
      const answer = await report(body, headers).expect(status);
      expect((answer.body as { code: string }).code).toBe(code);
      expect(sut.events.published).toEqual([]);
    });

    it('should let a browser ask for pages of the site only, on this one route only', async () => {
      await start({}, { MIRANTE_VISITS_SITES: [SITE] });
      const ask = (path: string, from: string) =>
        request(sut.url).options(path).set({ origin: from, 'access-control-request-method': 'POST' });
      const allowed = await ask('/api/v1/visits', origin).expect(204);
      expect(allowed.headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'content-type',
      });
      for (const other of [
        await ask('/api/v1/visits', 'https://evil.example'),
        await ask('/api/v1/archives', origin),
      ]) {
        expect(Object.keys(other.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      }
    });

    it('should come with a small script any page may load', async () => {
      await start();
      const { text, headers } = await request(sut.url).get('/visits.js').expect(200);
      expect(Buffer.byteLength(text)).toBeLessThan(1_024);
      expect(text).not.toMatch(/cookie\b.*=|localStorage|sessionStorage/);
      expect(headers['cross-origin-resource-policy']).toBe('cross-origin');
      expect(headers['set-cookie']).toBeUndefined();
    });
  });

  describe('figures', () => {
    it('should be asked for our own pages unless a site is named', async () => {
      await start();
      await request(sut.url).get('/api/v1/visitors?interval=week&from=2026-01-01&to=2026-02-01').expect(200);
      await request(sut.url).get('/api/v1/visitors?site=blog.example').expect(200);
      expect(sut.rpc.callsOf(visitorReport)).toEqual([
        { site: 'mirante', interval: 'week', from: '2026-01-01', to: '2026-02-01' },
        { site: 'blog.example', interval: 'day' },
      ]);
      await request(sut.url).get('/api/v1/visitors?from=2026-02-01&to=2026-01-01').expect(400);
      await request(sut.url).get('/api/v1/visitors?interval=year').expect(400);
      await request(sut.url).get('/api/v1/visitors/referrers?site=blog.example&from=2026-01-01').expect(200);
      expect(sut.rpc.callsOf(visitorReferrers)).toEqual([{ site: 'blog.example', from: '2026-01-01', limit: 20 }]);
    });

    it('should be told with the version, and be null while they cannot be had', async () => {
      await start();
      expect((await request(sut.url).get('/version').expect(200)).body).toMatchObject({
        name: 'mirante',
        visitors: {
          today: { unique: 4, hits: 8, exact: true },
          month: { unique: 4321, exact: false, error_pct: 0.6 },
          definition: 'v1',
        },
      });
      await sut.close();
      await start();
      sut.rpc.answer(visitorSummary, () => new Promise(() => undefined));
      const startedAt = performance.now();
      const { body } = await request(sut.url).get('/version').expect(200);
      expect((body as { visitors: object }).visitors).toEqual({ today: null, month: null, definition: 'v1' });
      await visit().expect(200, /The figures cannot be had right now/);
      expect(performance.now() - startedAt).toBeLessThan(1_500);
    });

    it.each([
      ['pt-BR,pt;q=0.9,en;q=0.8', 'pt', 'Visitantes únicos', '5.678'],
      ['en', 'en', 'Unique visitors', '5,678'],
    ])('should be on the page for %s without a script', async (language, lang, title, month) => {
      await start();
      const { text, headers } = await visit('/', { 'accept-language': language }).expect(200);
      expect(headers).toMatchObject({ 'content-language': lang, vary: 'accept-language' });
      expect(text).toContain(`<html lang="${lang}">`);
      expect(text).toContain(title);
      expect(text).toContain(`<span data-figure="last_30_days.unique">${month}</span>`);
      expect(text.match(/<rect /g)).toHaveLength(30);
      expect(text).not.toMatch(/ style=|<script>| on\w+="/);
    });
  });
});
