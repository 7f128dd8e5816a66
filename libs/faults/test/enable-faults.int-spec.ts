import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '#libs/config';
import {
  initLogging,
  metricsRegistry,
  renderMetrics,
  startInternalServer,
  type InternalServer,
} from '#libs/observability';
import { eventually } from '#libs/testing';
import {
  enableFaults,
  failIfAsked,
  faultIsOn,
  faultsConfigSchema,
  useFaultBoard,
  whileFaultIsOn,
} from '../src/index.js';

const ENABLED = { MIRANTE_FAULTS_ENABLED: 'true' };

describe('faults at the internal port', () => {
  let server: InternalServer | undefined;
  let base: string;

  beforeEach(() => {
    server = undefined;
  });

  afterEach(async () => {
    if (server) for (const flag of ['log-flood', 'cardinality-storm']) await switchOff(flag);
    await server?.close();
    useFaultBoard(undefined);
  });

  async function start(env: Record<string, string>): Promise<void> {
    const routes = await enableFaults(loadConfig(faultsConfigSchema, env));
    server = await startInternalServer({ host: '127.0.0.1', port: 0, routes });
    base = `http://127.0.0.1:${server.port}`;
  }

  const switchOff = (flag: string) => fetch(`${base}/faults/${flag}`, { method: 'DELETE' });
  const switchOn = (flag: string, body?: unknown) =>
    fetch(`${base}/faults/${flag}`, {
      method: 'PUT',
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });

  it('should not be there unless enabled', async () => {
    await start({});
    expect((await fetch(`${base}/faults`)).status).toBe(404);
    expect((await switchOn('log-flood')).status).toBe(404);
    expect(metricsRegistry.getSingleMetric('fault_active')).toBeUndefined();
  });

  it('should refuse flags in the configuration that could never be switched off', async () => {
    await expect(start({ MIRANTE_FAULTS: 'log-flood' })).rejects.toThrow('MIRANTE_FAULTS_ENABLED');
    await expect(start({ ...ENABLED, MIRANTE_FAULTS: 'no-such' })).rejects.toThrow('none of');
  });

  it('should switch on what the configuration names', async () => {
    await start({ ...ENABLED, MIRANTE_FAULTS: 'failing-handler=posts.search' });
    expect(() => failIfAsked('posts.search')).toThrow('posts.search fails because');
    expect(() => failIfAsked('posts.store')).not.toThrow();
  });

  it('should switch flags on and off, tell which are on, and count them', async () => {
    await start(ENABLED);
    const answer = await switchOn('slow-route', { target: '/api/v1/posts' });
    expect(answer.status).toBe(200);
    expect(faultIsOn('slow-route', '/api/v1/posts')).toBe(true);
    const { faults } = (await (await fetch(`${base}/faults`)).json()) as { faults: { flag: string; on: boolean }[] };
    expect(faults.filter(({ on }) => on)).toMatchObject([{ flag: 'slow-route', target: '/api/v1/posts' }]);
    expect((await renderMetrics()).body).toContain('fault_active{flag="slow-route"} 1');
    await switchOff('slow-route');
    expect(faultIsOn('slow-route', '/api/v1/posts')).toBe(false);
    expect((await renderMetrics()).body).toContain('fault_active{flag="slow-route"} 0');
  });

  it.each([
    ['an unknown flag', 'no-such', undefined, 404],
    ['a body that is no object', 'slow-route', 'x', 400],
    ['a field that means nothing', 'slow-route', { taget: '/x' }, 400],
    ['a target where there is none', 'log-flood', { target: 'x' }, 400],
  ])('should refuse %s', async (_what, flag, body, status) => {
    await start(ENABLED);
    expect((await switchOn(flag, body)).status).toBe(status);
    expect(faultIsOn('slow-route', '/x')).toBe(false);
  });

  it('should hold what waits until the flag is off', async () => {
    await start(ENABLED);
    await switchOn('stuck-consumer', { target: 'ev.x' });
    const waited = { elsewhere: false, here: false };
    void whileFaultIsOn('stuck-consumer', 'ev.y', () => false).then(() => (waited.elsewhere = true));
    const here = whileFaultIsOn('stuck-consumer', 'ev.x', () => false).then(() => (waited.here = true));
    await eventually(() => expect(waited).toEqual({ elsewhere: true, here: false }));
    await switchOff('stuck-consumer');
    await here;
  });

  it('should let go of what waits when it is over anyway', async () => {
    await start({ ...ENABLED, MIRANTE_FAULTS: 'stuck-consumer' });
    let over = false;
    const waiting = whileFaultIsOn('stuck-consumer', 'ev.x', () => over);
    over = true;
    await waiting;
  });

  it('should make log lines overflow and labels run out of room, until told to stop', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'faults-'));
    const logging = initLogging({ service: 's', version: 'v', environment: 'e', levels: 'info', dir });
    await start(ENABLED);
    await switchOn('log-flood');
    await switchOn('cardinality-storm');
    await eventually(
      async () => {
        const { body } = await renderMetrics();
        expect(body).toContain('metrics_cardinality_overflow_total{metric="fault_storm_observations_total"}');
        expect(valueOf(body, 'log_lines_dropped_total{reason="buffer_full"}')).toBeGreaterThan(0);
      },
      { timeoutMs: 20_000 },
    );
    await switchOff('log-flood');
    await switchOff('cardinality-storm');
    await logging.close();
    rmSync(dir, { recursive: true });
  });
});

function valueOf(exposition: string, series: string): number {
  const line = exposition.split('\n').find((text) => text.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? 0);
}
