import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import { startPrometheus, type PrometheusServer } from '../../compose/native/src/servers/index.js';
import { samplePages } from '../harness/archive-factory.js';
import { ApiClient, type Accepted } from '../harness/client.js';
import { readLogs, type EcsLine } from '../harness/logs.js';
import { SERVICE_NAMES, startStack, type Stack } from '../harness/stack.js';
import { SIGNALS, TRACE_EDGES } from './support/signals.data.js';

/** Those an import passes through. */
const IMPORTERS = ['twitter-ingest', 'analytics', 'gateway'];

describe('one import, one report, one task and one visit, followed', () => {
  let stack: Stack;
  let prometheus: PrometheusServer;
  let accepted: Accepted;
  let lines: EcsLine[];
  let taskTraceId: string;

  beforeAll(async () => {
    // Hops between services are logged at debug.
    stack = await startStack({ env: { MIRANTE_LOG_LEVEL: 'debug' } });
    prometheus = await startPrometheus({
      dir: join(stack.logDir, '..', 'prometheus'),
      configFile: scrapeConfig(stack),
    });
    const api = new ApiClient(stack.baseUrl);
    const pages = samplePages({ seed: 4, posts: 300, authors: 30, perPage: 50, tag: 'traced', from: '2023-01-01T00:00:00Z', days: 2 }); // prettier-ignore
    accepted = await api.importUntilAccepted(pages, 'traced');
    await api.untilDone(accepted.id);
    await api.figures('traced');
    const sum = await fetch(`${stack.baseUrl}/sum-even`, { method: 'POST', body: '2 4' });
    expect(sum.status).toBe(201);
    taskTraceId = sum.headers.get('traceresponse')!.split('-')[1]!;
    const page = await fetch(stack.baseUrl, {
      headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' },
    });
    expect(page.status).toBe(200);
    lines = await eventually(() => {
      const own = readLogs(stack.logDir).filter((line) => line['trace.id'] === accepted.traceId);
      expect([...new Set(own.map((line) => line['service.name']))]).toEqual(expect.arrayContaining(IMPORTERS));
      return own;
    });
  });

  afterAll(async () => {
    await prometheus?.kill();
    await stack?.close();
  });

  it('should leave lines of all three services under the trace the caller was told', () => {
    expect(accepted.traceId).toMatch(/^[0-9a-f]{32}$/);
    for (const service of IMPORTERS) {
      expect(lines.filter((line) => line['service.name'] === service).length).toBeGreaterThan(0);
    }
  });

  it('should tell the three times of a task under the trace of its request', async () => {
    const ended = await eventually(
      () => {
        const own = readLogs(stack.logDir).filter((line) => line['trace.id'] === taskTraceId);
        const line = own.find((candidate) => candidate['event.action'] === 'job-ended');
        if (!line) throw new Error(`no such line among ${own.length}`);
        return line;
      },
      { timeoutMs: 30_000 },
    );
    expect(ended).toMatchObject({ 'service.name': 'image-tasks', 'labels.job_kind': 'sum-even' });
    for (const time of ['queue_ms', 'exec_ms', 'lead_ms']) {
      expect(Number(ended[`labels.${time}`])).toBeGreaterThan(0);
    }
  });

  it('should hang the work of a service below the work that asked for it', async () => {
    const expected = TRACE_EDGES.map(({ from, to, as }) => `${from} > ${to}: ${as}`);
    await eventually(() => expect(edgesIn(readLogs(stack.logDir))).toEqual(expect.arrayContaining(expected)), {
      timeoutMs: 30_000,
      everyMs: 500,
    });
  });

  it.each(SERVICE_NAMES)('should let %s tell what it does, each line under a trace', async (service) => {
    await eventually(
      () => {
        const own = readLogs(stack.logDir).filter((line) => line['service.name'] === service);
        const told = own.filter((line) => /^[0-9a-f]{32}$/.test(line['trace.id'] ?? ''));
        const actions = [...new Set(told.map((line) => line['event.action']))];
        expect(actions).toEqual(expect.arrayContaining([...SIGNALS[service].actions]));
      },
      { timeoutMs: 30_000, everyMs: 500 },
    );
  });

  it('should write every line as one JSON object with the fields nobody may set', () => {
    for (const line of readLogs(stack.logDir)) {
      expect(line).toMatchObject({
        '@timestamp': expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        message: expect.any(String),
        'log.level': expect.any(String),
        'service.name': expect.any(String),
        'ecs.version': expect.any(String),
      });
    }
  });

  it('should let Prometheus scrape every service and find every signal', async () => {
    await eventually(
      async () => {
        for (const service of SERVICE_NAMES) {
          expect(await value(`up{job="${service}"}`)).toBe(1);
          for (const metric of SIGNALS[service].metrics)
            expect(await value(`sum(${metric}{job="${service}"})`), `${service}: ${metric}`).toBeGreaterThan(0);
        }
      },
      { timeoutMs: 30_000, everyMs: 250 },
    );
  });

  it('should link a slow request to its trace by an exemplar', async () => {
    const answer = await fetch(`${stack.internalUrls.gateway}/metrics`, {
      headers: { accept: 'application/openmetrics-text; version=1.0.0' },
    });
    expect(await answer.text()).toContain(`trace_id="${accepted.traceId}"`);
  });

  async function value(query: string): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${prometheus.port}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
    return Number(data.result[0]?.value[1]);
  }
});

/** `a > b: action` where a line of b has a span of a as its parent. */
function edgesIn(lines: readonly EcsLine[]): string[] {
  const owners = new Map(lines.map((line) => [line['span.id'], line['service.name']]));
  const edges = lines.flatMap((line) => {
    const parent = line['parent.id'] === undefined ? undefined : owners.get(line['parent.id']);
    return parent === undefined ? [] : [`${parent} > ${line['service.name']}: ${String(line['event.action'])}`];
  });
  return [...new Set(edges)];
}

function scrapeConfig(stack: Stack): string {
  const dir = join(stack.logDir, '..', 'prometheus');
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'prometheus.yml');
  const jobs = SERVICE_NAMES.map((service) => ({
    job_name: service,
    static_configs: [{ targets: [new URL(stack.internalUrls[service]).host] }],
  }));
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ global: { scrape_interval: '1s' }, scrape_configs: jobs }));
  return file;
}
