import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GatewayConfig } from '../src/gateway.config.js';
import type { OpsState } from '../src/ops/ops.schema.js';
import { startGateway, type GatewayApp } from './gateway-app.js';

const TRACE = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);

function line(fields: Record<string, unknown>): string {
  return JSON.stringify({
    '@timestamp': '2026-03-01T09:00:00.000Z',
    'log.level': 'info',
    message: 'm',
    'log.logger': 'Spec',
    'service.name': 'analytics',
    'trace.id': TRACE,
    ...fields,
  });
}

describe('pages for operators', () => {
  const servers: Server[] = [];
  let logs: string;
  let sut: GatewayApp;

  beforeEach(() => {
    logs = mkdtempSync(join(tmpdir(), 'ops-logs-'));
  });

  afterEach(async () => {
    await sut.close();
    rmSync(logs, { recursive: true });
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  async function start(overrides: Partial<GatewayConfig> = {}): Promise<void> {
    sut = await startGateway({ MIRANTE_LOG_DIR: logs, ...overrides });
  }

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Answers queries about calls of analytics; of all else there is nothing. */
  function prometheus(asked: URLSearchParams[] = []): RequestListener {
    return ({ url }, response) => {
      const query = new URL(url!, 'http://prometheus').searchParams;
      if (!query.has('query')) return void response.end('{"data":{"activeTargets":[]}}');
      asked.push(query);
      const start = Number(query.get('start'));
      const step = Number(query.get('step'));
      const text = query.get('query')!;
      const value = text.includes('histogram_quantile') ? '0.25' : text.includes('outcome') ? '1' : '4';
      const values = Array.from({ length: 90 }, (_, index) => [start + index * step, value]);
      const result = text.includes('rpc_server') ? [{ metric: { service: 'analytics' }, values }] : [];
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
    };
  }

  const overview = async () => (await request(sut.url).get('/api/v1/ops?range=15m').expect(200)).body as OpsState;
  const page = async (path: string) => (await request(sut.url).get(path).expect(200)).text;

  it('should show rate, errors and duration of a service', async () => {
    const asked: URLSearchParams[] = [];
    await start({ MIRANTE_PROMETHEUS_URL: await serve(prometheus(asked)) });
    const { metrics } = await overview();
    expect(metrics!.flows).toHaveLength(1);
    const [flow] = metrics!.flows;
    expect(flow).toMatchObject({ service: 'analytics', kind: 'rpc' });
    expect([flow!.rate.at(-1), flow!.errors.at(-1), flow!.p95.at(-1)]).toEqual([4, 1, 0.25]);
    expect(asked.every((query) => !query.get('query')!.includes('[W]'))).toBe(true);

    const text = await page('/ops');
    expect(text).toContain('25 %');
    expect(text).toContain('250 ms');
    expect(text).toMatch(/<polyline points="0,\d/);
  });

  it('should ask Prometheus once for all who look at the same time', async () => {
    const asked: URLSearchParams[] = [];
    await start({ MIRANTE_PROMETHEUS_URL: await serve(prometheus(asked)) });
    await overview();
    const once = asked.length;
    await Promise.all(Array.from({ length: 10 }, overview));
    expect(asked).toHaveLength(once);
  });

  it.each([
    ['is not configured', undefined, 'No Prometheus is configured'],
    ['refuses', 'http://127.0.0.1:2', 'Prometheus does not answer'],
  ])('should go on and say so when Prometheus %s', async (_what, address, said) => {
    await start({ MIRANTE_PROMETHEUS_URL: address, MIRANTE_ALERTMANAGER_URL: address });
    const text = await page('/ops');
    expect(text).toContain(said);
    expect(text).toContain(address ? 'Alertmanager does not answer' : 'No Alertmanager is configured');
    expect(text).toContain('twitter-ingest');
  });

  it('should put the worst alert first, and tell the watchdog apart', async () => {
    const alert = (alertname: string, severity: string) => ({
      labels: { alertname, severity, service: 'analytics' },
      annotations: { summary: `summary of ${alertname}`, description: '<b>bold</b>' },
      startsAt: '2026-03-01T09:00:00.000Z',
    });
    const alerts = [alert('Watchdog', 'info'), alert('OutboxOld', 'ticket'), alert('TargetDown', 'page')];
    await start({
      MIRANTE_ALERTMANAGER_URL: await serve((_, response) => void response.end(JSON.stringify(alerts))),
    });
    const text = await page('/ops');
    const at = (needle: string) => text.indexOf(needle);
    expect(at('summary of TargetDown')).toBeGreaterThan(0);
    expect(at('summary of TargetDown')).toBeLessThan(at('summary of OutboxOld'));
    expect(text).toContain('href="/ops/runbooks/target-down"');
    expect(text).not.toContain('summary of Watchdog');
    expect(text).toContain('The watchdog arrives');
    expect(text).toContain('&lt;b&gt;bold&lt;/b&gt;');
  });

  it('should list the newest warnings and errors of all services, with the way to their trace', async () => {
    writeFileSync(
      join(logs, 'analytics.vm.ndjson'),
      [
        line({ message: 'fine' }),
        line({ 'log.level': 'warn', message: '<i>careful</i>', '@timestamp': '2026-03-01T09:00:01.000Z' }),
        '{"torn":',
        line({
          'log.level': 'error',
          message: 'broken',
          '@timestamp': '2026-03-01T09:00:02.000Z',
          error: { type: 'TypeError', message: 'no such thing' },
        }),
        'unfinished',
      ].join('\n'),
    );
    await start();
    const { logged } = await overview();
    expect(logged!.map(({ message, error, trace_id }) => [message, error, trace_id])).toEqual([
      ['broken', 'TypeError: no such thing', TRACE],
      ['<i>careful</i>', null, TRACE],
    ]);
    const text = await page('/ops');
    expect(text).toContain(`href="/ops/traces/${TRACE}"`);
    expect(text).toContain('&lt;i&gt;careful&lt;/i&gt;');
  });

  it('should gather the lines of a trace from all files by time, also from files put aside', async () => {
    const noise = Array.from({ length: 20_000 }, (_, n) => line({ message: `noise ${n}`, 'trace.id': OTHER }));
    writeFileSync(
      join(logs, 'gateway.vm.ndjson'),
      [
        ...noise,
        line({ 'service.name': 'gateway', message: 'third', '@timestamp': '2026-03-01T09:00:03.000Z', event: { duration: 2e9 } }), // prettier-ignore
        ...noise,
        line({ message: `speaks of ${TRACE}`, 'trace.id': OTHER }),
        '',
      ].join('\n'),
    );
    writeFileSync(
      join(logs, 'analytics.vm.ndjson.20260301T090001.000Z'),
      [line({ message: 'second', '@timestamp': '2026-03-01T09:00:02.500Z' }), ''].join('\n'),
    );
    await start();
    const text = await page(`/ops/traces/${TRACE}`);
    expect(text).toContain('2 lines of analytics, gateway');
    expect(text.indexOf('second')).toBeLessThan(text.indexOf('third'));
    expect(text).toContain('took 2 s');
    expect(text).not.toContain('noise');
    expect(text).not.toContain('speaks of');
  });

  it('should show no more lines of a trace than a page holds, and say so', async () => {
    const many = Array.from({ length: 700 }, (_, n) => line({ message: `line ${n}` }));
    writeFileSync(join(logs, 'analytics.vm.ndjson'), `${many.join('\n')}\n`);
    await start();
    const text = await page(`/ops/view/traces/${TRACE}`);
    expect(text).toContain('500 lines');
    expect(text).toContain('There is more than is shown');
  });

  it('should say when logs are no files here', async () => {
    await start({ MIRANTE_LOG_DIR: undefined, MIRANTE_KIBANA_URL: 'https://kibana.example/' });
    expect((await overview()).logged).toBeNull();
    expect(await page('/ops')).toContain('href="https://kibana.example"');
    expect(await page(`/ops/traces/${TRACE}`)).toContain(`https://kibana.example/app/discover`);
  });

  it('should bear a folder of logs that is gone', async () => {
    await start({ MIRANTE_LOG_DIR: join(logs, 'gone') });
    expect((await overview()).logged).toEqual([]);
  });

  it('should show figures and lines to nobody without the scope', async () => {
    writeFileSync(join(logs, 'analytics.vm.ndjson'), `${line({ 'log.level': 'error', message: 'inner words' })}\n`);
    await start({ MIRANTE_ENV: 'production' });
    for (const path of ['/ops/view', '/api/v1/ops', `/ops/view/traces/${TRACE}`]) {
      await request(sut.url).get(path).expect(401);
      await request(sut.url)
        .get(path)
        .set('authorization', `Bearer ${sut.keys.add({ scopes: 'system:read' })}`)
        .expect(403);
    }
    for (const path of ['/ops', `/ops/traces/${TRACE}`]) {
      const text = await page(path);
      expect(text).toContain('id="ops-key"');
      expect(text).not.toContain('inner words');
    }
    const key = sut.keys.add({ scopes: 'ops:view' });
    const { text } = await request(sut.url).get('/ops/view').set('authorization', `Bearer ${key}`).expect(200);
    expect(text).toContain('inner words');
  });

  it('should lead to Grafana, or to the part of the page that answers the same', async () => {
    await start();
    const there = await request(sut.url).get('/ops/dashboards/mirante-messaging').expect(302);
    expect(there.headers['location']).toBe('/ops#queues');
    await request(sut.url).get('/ops/dashboards/other').expect(400);
    await sut.close();
    await start({ MIRANTE_GRAFANA_URL: 'https://grafana.example/base/' });
    const grafana = await request(sut.url).get('/ops/dashboards/mirante-messaging').expect(302);
    expect(grafana.headers['location']).toBe('https://grafana.example/base/d/mirante-messaging');
  });

  it('should show what to do about an alert, and the way there from the alert', async () => {
    await start();
    const index = await page('/ops/runbooks');
    expect(index).toContain('href="/ops/runbooks/target-down"');
    const names = [...index.matchAll(/href="\/ops\/runbooks\/([a-z-]+)"/g)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(20);
    const text = await page('/ops/runbooks/target-down');
    expect(text).toContain('<h2>');
    for (const name of names) expect(await page(`/ops/runbooks/${name}`), name).not.toMatch(/href="(?![/#]|https?:)/);
    expect(await page('/ops/runbooks/source-halted')).toContain('<cite title="../sources.md in the repository">');
    await request(sut.url).get('/ops/runbooks/no-such').expect(404);
    await request(sut.url).get('/ops/runbooks/README').expect(404);
    await request(sut.url).get('/ops/runbooks/..%2F..%2FREADME').expect(404);
  });
});
