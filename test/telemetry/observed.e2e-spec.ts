import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import { startPrometheus, type PrometheusServer } from '../../compose/native/src/servers/index.js';
import { samplePages } from '../harness/archive-factory.js';
import { ApiClient, type Accepted } from '../harness/client.js';
import { readLogs, type EcsLine } from '../harness/logs.js';
import { SERVICE_NAMES, startStack, type Stack } from '../harness/stack.js';

/** What each service must show after one import and one report; a new service is one more line. */
const SIGNALS: Record<(typeof SERVICE_NAMES)[number], string[]> = {
  gateway: ['http_server_request_duration_seconds_count', 'rpc_client_duration_seconds_count', 'build_info'],
  'twitter-ingest': [
    'rpc_server_duration_seconds_count',
    'messaging_process_duration_seconds_count',
    'db_client_operation_duration_seconds_count',
    'capture_posts_total',
    'build_info',
  ],
  'image-tasks': [
    'rpc_server_duration_seconds_count',
    'messaging_process_duration_seconds_count',
    'db_client_operation_duration_seconds_count',
    'job_queue_seconds_count',
    'job_execution_seconds_count',
    'job_lead_seconds_count',
    'build_info',
  ],
  visitors: ['rpc_server_duration_seconds_count', 'db_client_operation_duration_seconds_count', 'build_info'],
  analytics: [
    'rpc_server_duration_seconds_count',
    'messaging_process_duration_seconds_count',
    'db_client_operation_duration_seconds_count',
    'rollup_posts_applied_total',
    'build_info',
  ],
};

/** Those an import passes through. */
const IMPORTERS = ['twitter-ingest', 'analytics', 'gateway'];

describe('one import and one task, followed', () => {
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

  it('should hang the work of a service below the work that asked for it', () => {
    const owners = new Map<string, Set<string>>();
    for (const line of lines) {
      if (line['span.id'])
        owners.set(line['span.id'], (owners.get(line['span.id']) ?? new Set()).add(line['service.name']));
    }
    const edges = new Set<string>();
    for (const line of lines) {
      for (const parent of owners.get(line['parent.id'] ?? '') ?? []) edges.add(`${parent} > ${line['service.name']}`);
    }
    expect([...edges]).toEqual(expect.arrayContaining(['gateway > twitter-ingest', 'twitter-ingest > analytics']));
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
          for (const metric of SIGNALS[service])
            expect(await value(`sum(${metric}{job="${service}"})`), metric).toBeGreaterThan(0);
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
