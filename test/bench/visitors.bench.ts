import { Agent, request } from 'node:http';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { eventually, startServiceProcess, type ServiceProcess } from '#libs/testing';
import { repoRoot } from '../../compose/native/src/repo.js';
import { freePort, freePorts } from '../../compose/native/src/servers/index.js';
import { startStack, type Stack } from '../harness/stack.js';
import { heading, median, percentile, row } from './figures.js';
import { cpuSeconds, rssMiB } from './process-figures.js';

const RUNS = Number(process.env['MIRANTE_BENCH_RUNS'] ?? 5);
const HITS = Number(process.env['MIRANTE_BENCH_VISITS'] ?? 1_000_000);
const HITS_PER_RUN = Math.min(30_000, HITS);
const PAGES_PER_RUN = 2_000;
const CONNECTIONS = 10;
const MEMORY_STEPS = 10;
const PEOPLE_PER_RUN = 2_000;
const SITE = 'bench.example';
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

interface Server {
  name: string;
  url: string;
  process: ServiceProcess;
  /** Waits until everything it was sent is in its tables. */
  untilStored(hits: number): Promise<void>;
}

/** Hits that are stored per second, what counting adds to a page, and the memory it takes. */
export async function benchVisitors(): Promise<void> {
  heading(
    `visitors: POST /api/v1/visits, ${CONNECTIONS} connections, ${HITS_PER_RUN} hits per run, ${RUNS} runs in turn`,
  );
  const env = { MIRANTE_TRUST_PROXY_HOPS: '1', MIRANTE_VISITS_SITES: SITE };
  const stack = await startStack({ env });
  const others: ServiceProcess[] = [];
  try {
    const silent = await gatewayWithoutCounting(stack);
    others.push(silent.process);
    const naive = await naiveCounter(stack);
    others.push(naive.process);
    const counting = countingGateway(stack);
    // The keys have to be there: hits of before would wait for them.
    await send(counting.url, 1, 1);
    await counting.untilStored(1);
    await compareThroughput([silent, counting, naive]);
    await comparePages('all is there', silent, counting);
    await stack.rabbitmq.kill();
    await comparePages('the broker is away', silent, counting);
    await stack.rabbitmq.start();
    await watchMemory(stack, counting);
  } finally {
    await Promise.all(others.map((server) => server.kill()));
    await stack.close();
  }
}

/** Counts are compared with what was sent, so no figure is of hits that went missing. */
async function compareThroughput(servers: Server[]): Promise<void> {
  const rates = new Map<string, number[]>();
  const cpu = new Map<string, number[]>();
  for (let turn = 0; turn <= RUNS; turn++) {
    for (const server of servers) {
      const before = cpuSeconds(server.process.pid);
      const startedAt = performance.now();
      await send(server.url, HITS_PER_RUN, turn);
      await server.untilStored(HITS_PER_RUN);
      const seconds = (performance.now() - startedAt) / 1_000;
      if (turn === 0) continue;
      rates.set(server.name, [...(rates.get(server.name) ?? []), HITS_PER_RUN / seconds]);
      const us = ((cpuSeconds(server.process.pid) - before) * 1e6) / HITS_PER_RUN;
      cpu.set(server.name, [...(cpu.get(server.name) ?? []), us]);
    }
  }
  row('until everything is in the tables', 'hits/s', 'CPU us/hit');
  for (const { name } of servers) row(name, median(rates.get(name)!), median(cpu.get(name)!));
}

/** One page after the other from both in turn, so that whatever else the machine does meets both. */
async function comparePages(state: string, silent: Server, counting: Server): Promise<void> {
  heading(`visitors: GET / one by one while ${state}, ${PAGES_PER_RUN} pages per run and server, ${RUNS} runs`);
  const agent = new Agent({ keepAlive: true });
  const p50: number[][] = [[], []];
  const p99: number[][] = [[], []];
  for (let run = 0; run <= RUNS; run++) {
    const times: number[][] = [[], []];
    for (let page = 0; page < PAGES_PER_RUN; page++) {
      for (const index of page % 2 === 0 ? [0, 1] : [1, 0]) {
        times[index]!.push(await timeOf([silent, counting][index]!.url, agent, page));
      }
    }
    if (run === 0) continue;
    times.forEach((list, index) => {
      p50[index]!.push(percentile(list, 50));
      p99[index]!.push(percentile(list, 99));
    });
  }
  agent.destroy();
  row('server', 'p50 ms', 'p99 ms');
  for (const [index, { name }] of [silent, counting].entries()) row(name, median(p50[index]!), median(p99[index]!));
  const added = (figures: number[][]) => median(figures[1]!.map((ms, run) => ms - figures[0]![run]!)).toFixed(3);
  row('counting adds, ms', added(p50), added(p99));
}

async function watchMemory(stack: Stack, counting: Server): Promise<void> {
  heading(`visitors: memory over ${HITS} hits, MiB resident`);
  row('hits so far', 'gateway', 'visitors', 'hits/s');
  const step = Math.ceil(HITS / MEMORY_STEPS);
  for (let done = 0; done < HITS; done += step) {
    const startedAt = performance.now();
    await send(counting.url, step, RUNS + 1 + done / step);
    await counting.untilStored(step);
    const perSecond = step / ((performance.now() - startedAt) / 1_000);
    row(String(done + step), ...(['gateway', 'visitors'] as const).map((name) => rssMiB(stack.services[name].pid)), perSecond); // prettier-ignore
  }
}

/** Hits of some thousand people, others in every turn. */
async function send(url: string, amount: number, turn: number): Promise<void> {
  const body = JSON.stringify({ site: SITE, path: '/news/today', referrer: 'https://search.example' });
  const requests = Array.from({ length: Math.min(amount, PEOPLE_PER_RUN) }, (_, person) => ({
    method: 'POST' as const,
    path: '/api/v1/visits',
    headers: {
      'content-type': 'application/json',
      'user-agent': AGENT,
      'x-forwarded-for': `10.${turn % 256}.${person >> 8}.${person & 255}`,
    },
    body,
  }));
  const connections = Math.min(CONNECTIONS, amount);
  const { non2xx, errors } = await autocannon({ url, connections, amount, requests });
  if (non2xx + errors > 0) throw new Error(`${url}: ${non2xx} bad answers, ${errors} errors`);
}

function timeOf(url: string, agent: Agent, page: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const headers = { 'user-agent': AGENT, 'x-forwarded-for': `10.255.${(page >> 8) & 255}.${page & 255}` };
    request(`${url}/`, { agent, headers }, (answer) => {
      answer.resume().on('end', () => {
        if (answer.statusCode === 200) resolve(performance.now() - startedAt);
        else reject(new Error(`${url} answered ${answer.statusCode}`));
      });
    })
      .on('error', reject)
      .end();
  });
}

function countingGateway(stack: Stack): Server {
  let expected = 0;
  return {
    name: 'gateway, counting',
    url: stack.baseUrl,
    process: stack.services.gateway,
    untilStored: async (hits) => {
      expected += hits;
      await untilCounted(stack, 'SELECT SUM(hits) AS hits FROM visit_count JOIN site ON site.id = site_id WHERE site.name = ?', expected); // prettier-ignore
    },
  };
}

async function gatewayWithoutCounting(stack: Stack): Promise<Server> {
  const [port, internal] = await freePorts(2);
  const process = await startServiceProcess({
    entry: join(repoRoot, 'dist/services/gateway/src/main.js'),
    env: {
      ...stack.envOf('gateway'),
      MIRANTE_VISITS: 'false',
      MIRANTE_PORT: String(port),
      MIRANTE_INTERNAL_PORT: String(internal),
      MIRANTE_LOG_DIR: join(stack.logDir, String(port)),
    },
    readyUrl: `http://127.0.0.1:${internal}/health/ready`,
  });
  return { name: 'gateway, not counting', url: `http://127.0.0.1:${port}`, process, untilStored: async () => {} };
}

async function naiveCounter(stack: Stack): Promise<Server> {
  await stack.query('visitors', 'CREATE TABLE naive_visitor (site VARCHAR(100), visitor BINARY(16), PRIMARY KEY (site, visitor))'); // prettier-ignore
  await stack.query(
    'visitors',
    'CREATE TABLE naive_count (site VARCHAR(100) PRIMARY KEY, uniques BIGINT, hits BIGINT)',
  );
  const env = stack.envOf('visitors');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const names = ['HOST', 'PORT', 'USER', 'PASSWORD', 'DATABASE'];
  const process = await startServiceProcess({
    entry: join(repoRoot, 'dist/test/bench/naive-counter.js'),
    args: [String(port), ...names.map((name) => env[`MIRANTE_MYSQL_${name}`]!)],
    env: {},
    readyUrl: `${url}/health/ready`,
  });
  let expected = 0;
  return {
    name: 'bare server, one transaction per hit',
    url,
    process,
    untilStored: async (hits) => {
      expected += hits;
      await untilCounted(stack, 'SELECT SUM(hits) AS hits FROM naive_count WHERE site = ?', expected);
    },
  };
}

async function untilCounted(stack: Stack, sql: string, expected: number): Promise<void> {
  await eventually(
    async () => {
      const [sum] = await stack.query<{ hits: number | string | null }>('visitors', sql, [SITE]);
      if (Number(sum?.hits) !== expected) throw new Error(`${sum?.hits} of ${expected} hits are stored`);
    },
    { timeoutMs: 120_000, everyMs: 20 },
  );
}
