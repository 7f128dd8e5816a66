import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { startServiceProcess, type ServiceProcess } from '#libs/testing';
import { repoRoot } from '../../compose/native/src/repo.js';
import { freePorts } from '../../compose/native/src/servers/index.js';
import { heading, median, row } from './figures.js';
import { installOpenTelemetry, openTelemetryEnv, startCollector, type Collector } from './opentelemetry.js';
import { cpuSeconds, rssMiB } from './process-figures.js';

const RUNS = Number(process.env['MIRANTE_BENCH_RUNS'] ?? 9);
const REQUESTS = 30_000;
const CONNECTIONS = 10;

const BARE = 'Nest on Fastify, nothing watched';
const OURS = 'with everything of ours';
const THEIRS = "with OpenTelemetry's auto-instrumentation";
const THEIRS_AND_LINES = 'the same, and a line per request by winston';

interface Server {
  name: string;
  url: string;
  process: ServiceProcess;
  startSeconds: number;
  metricsUrl?: string;
  cpuUs: number[];
  p99Ms: number[];
  rssMiB: number[];
}

/**
 * What watching a route costs: CPU time and memory of the same application bare, with our trace context, metrics, exemplars and
 * access line, and with OpenTelemetry's traces and metrics, in turn.
 */
export async function benchObservability(): Promise<void> {
  heading(
    `observability: GET /posts/:id, ${CONNECTIONS} connections, ${REQUESTS} requests per run, ${RUNS} runs in turn`,
  );
  const dir = mkdtempSync(join(tmpdir(), 'bench-observability-'));
  const collector = await startCollector();
  const servers: Server[] = [];
  try {
    servers.push(await start(BARE, 'nobody'));
    servers.push(await start(OURS, 'us', join(dir, 'ours')));
    const problem = await installOpenTelemetry();
    if (problem === undefined) {
      const env = openTelemetryEnv(collector.url);
      servers.push(await start(THEIRS, 'nobody', '', env));
      servers.push(await start(THEIRS_AND_LINES, 'winston', dir, env));
    } else process.stdout.write(`OpenTelemetry is left out, its packages could not be installed: ${problem}\n`);
    for (let turn = 0; turn <= RUNS; turn++) {
      for (const server of servers) await measure(server, turn > 0);
    }
    report(servers, collector);
  } finally {
    await Promise.all(servers.map((server) => server.process.kill()));
    collector.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function start(
  name: string,
  by: 'nobody' | 'us' | 'winston',
  logDir = '',
  env: Record<string, string> = {},
): Promise<Server> {
  const [port, internalPort] = await freePorts(2);
  const url = `http://127.0.0.1:${port}`;
  const startedAt = performance.now();
  const process = await startServiceProcess({
    entry: join(repoRoot, 'dist/test/bench/observed-process.js'),
    args: [String(port), String(internalPort), by, logDir],
    env,
    readyUrl: `${url}/posts/1`,
  });
  const startSeconds = (performance.now() - startedAt) / 1_000;
  const metricsUrl = by !== 'us' ? undefined : `http://127.0.0.1:${internalPort}/metrics`;
  return { name, url, process, startSeconds, cpuUs: [], p99Ms: [], rssMiB: [], ...(metricsUrl && { metricsUrl }) };
}

async function measure(server: Server, counts: boolean): Promise<void> {
  const before = cpuSeconds(server.process.pid);
  const result = await autocannon({
    url: `${server.url}/posts/4711`,
    connections: CONNECTIONS,
    amount: REQUESTS,
    headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
  });
  if (result.non2xx + result.errors > 0)
    throw new Error(`${server.name}: ${result.non2xx} bad answers, ${result.errors} errors`);
  // Prometheus would have asked about once in that time.
  if (server.metricsUrl) {
    const answer = await fetch(server.metricsUrl, {
      headers: { accept: 'application/openmetrics-text; version=1.0.0' },
    });
    if (!(await answer.text()).includes('trace_id=')) throw new Error('no exemplar');
  }
  if (!counts) return;
  server.cpuUs.push(((cpuSeconds(server.process.pid) - before) * 1e6) / REQUESTS);
  server.p99Ms.push(result.latency.p99);
  server.rssMiB.push(rssMiB(server.process.pid));
}

function report(servers: Server[], collector: Collector): void {
  row('', 'CPU us/request', 'p99 ms', 'RSS MiB', 'start s');
  for (const { name, p99Ms, cpuUs, rssMiB: memory, startSeconds } of servers) {
    row(name, median(cpuUs), median(p99Ms), median(memory), startSeconds);
  }
  const [bare, ...watched] = servers;
  const costs = watched.map(({ name, cpuUs, rssMiB: memory }) => {
    const cpu = median(cpuUs.map((us, turn) => us - bare!.cpuUs[turn]!));
    row(`${name}: adds`, cpu, '', median(memory.map((mib, turn) => mib - bare!.rssMiB[turn]!)));
    return { name, cpu };
  });
  const [ours, ...theirs] = costs;
  for (const { name, cpu } of theirs) row(`ours as a share of: ${name}`, `${((ours!.cpu / cpu) * 100).toFixed(0)} %`);
  const sent = [...collector.received].map(([path, bytes]) => `${path} ${(bytes / 2 ** 20).toFixed(1)} MiB`);
  process.stdout.write(
    `(ours includes a line in the log per request; OpenTelemetry sent ${sent.join(', ') || 'nothing'})\n`,
  );
}
