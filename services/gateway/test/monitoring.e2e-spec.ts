import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import type { SystemState } from '../src/system/system.schema.js';
import { startGateway, type GatewayApp } from './gateway-app.js';

const ALERTS = [
  {
    labels: { alertname: 'ParkedMessages', severity: 'warning', service: 'analytics', queue: 'parking' },
    annotations: { summary: 'Messages wait in the parking queue' },
    startsAt: '2026-03-01T10:00:00.000+01:00',
    status: { state: 'active' },
  },
];
const TARGETS = {
  status: 'success',
  data: {
    activeTargets: [
      {
        labels: { job: 'gateway', instance: '127.0.0.1:9101', secret: 'not shown' },
        health: 'up',
        lastScrape: '2026-03-01T09:00:00.123456789Z',
        lastError: 'inner words',
      },
    ],
    droppedTargets: [],
  },
};

describe('system overview with monitoring', () => {
  const servers: Server[] = [];
  let sut: GatewayApp | undefined;

  afterEach(async () => {
    await sut?.close();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function overview(alertmanager: string, prometheus: string): Promise<SystemState> {
    sut = await startGateway({ MIRANTE_ALERTMANAGER_URL: alertmanager, MIRANTE_PROMETHEUS_URL: prometheus });
    return (await request(sut.url).get('/api/v1/system').expect(200)).body as SystemState;
  }

  it('should show firing alerts and targets, and nothing more of them', async () => {
    const asked: string[] = [];
    const answer =
      (body: unknown): RequestListener =>
      ({ url }, response) => {
        asked.push(url!);
        response.end(JSON.stringify(body));
      };
    const state = await overview(await serve(answer(ALERTS)), `${await serve(answer(TARGETS))}/base`);

    expect(asked.sort()).toEqual([
      '/api/v2/alerts?active=true&silenced=false&inhibited=false',
      '/base/api/v1/targets?state=active',
    ]);
    expect(state.alerts).toEqual({
      reachable: true,
      items: [
        {
          name: 'ParkedMessages',
          severity: 'warning',
          service: 'analytics',
          since: '2026-03-01T09:00:00.000Z',
          summary: 'Messages wait in the parking queue',
          description: null,
        },
      ],
    });
    expect(state.targets).toEqual({
      reachable: true,
      items: [{ job: 'gateway', instance: '127.0.0.1:9101', health: 'up', last_scrape_at: '2026-03-01T09:00:00.123Z' }],
    });
  });

  it('should go on without monitoring that hangs or talks nonsense', async () => {
    const started = performance.now();
    const state = await overview(await serve(() => undefined), await serve((_, response) => response.end('<html>')));

    expect(state.alerts).toEqual({ reachable: false, items: [] });
    expect(state.targets).toEqual({ reachable: false, items: [] });
    expect(state.status).toBe('up');
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('should ask every service once for callers who come together', async () => {
    sut = await startGateway();
    await Promise.all(Array.from({ length: 20 }, () => request(sut!.url).get('/api/v1/system').expect(200)));
    const asked = sut.rpc.calls.map(({ name }) => name).filter((name) => name.endsWith('.system.describe'));
    expect(asked.sort()).toEqual([
      'analytics.system.describe',
      'image-tasks.system.describe',
      'twitter-ingest.system.describe',
      'visitors.system.describe',
    ]);
  });
});
