import { join } from 'node:path';
import autocannon from 'autocannon';
import { startServiceProcess, type ServiceProcess } from '#libs/testing';
import { repoRoot } from '../../compose/native/src/repo.js';
import { freePort } from '../../compose/native/src/servers/index.js';
import { bearer, createKey } from '../harness/keys.js';
import { startStack, type Stack } from '../harness/stack.js';
import { heading, median, row } from './figures.js';
import { cpuSeconds } from './process-figures.js';

const RUNS = Number(process.env['MIRANTE_BENCH_RUNS'] ?? 5);
const REQUESTS = 40_000;
const CONNECTIONS = 10;

interface Server {
  name: string;
  url: string;
  process: ServiceProcess;
  headers?: Record<string, string>;
}

/** CPU per request of the gateway with observability on and off and with a key, and of a bare Fastify route, in turn. */
export async function benchGateway(): Promise<void> {
  heading(`gateway: GET /version, ${CONNECTIONS} connections, ${REQUESTS} requests per run, ${RUNS} runs in turn`);
  const stack = await startStack();
  const servers: Server[] = [];
  try {
    servers.push(await bareServer());
    servers.push(
      await gateway('gateway, observability off', stack, { MIRANTE_OBSERVE_HTTP: 'false', MIRANTE_LOG_LEVEL: 'error' }),
    );
    const observed = await gateway('gateway, observability on', stack, {});
    servers.push(observed);
    const key = await createKey(stack, 'bench', 'all', '--requests-per-minute', '1000000');
    servers.push({ ...observed, name: 'gateway, with a key', headers: bearer(key) });
    const cpu = new Map<string, number[]>();
    const rate = new Map<string, number[]>();
    for (let turn = 0; turn <= RUNS; turn++) {
      for (const server of servers) {
        const figures = await measure(server);
        if (turn === 0) continue;
        cpu.set(server.name, [...(cpu.get(server.name) ?? []), figures.cpuUs]);
        rate.set(server.name, [...(rate.get(server.name) ?? []), figures.perSecond]);
      }
    }
    row('server', 'requests/s', 'CPU us/request');
    for (const { name } of servers) row(name, median(rate.get(name)!), median(cpu.get(name)!));
    const [, off, on, keyed] = servers.map(({ name }) => cpu.get(name)!);
    row('observability costs, CPU us/request', '', median(on!.map((us, turn) => us - off![turn]!)));
    row('a key costs, CPU us/request', '', median(keyed!.map((us, turn) => us - on![turn]!)));
  } finally {
    await Promise.all(servers.map((server) => server.process.kill()));
    await stack.close();
  }
}

async function bareServer(): Promise<Server> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const process = await startServiceProcess({
    entry: join(repoRoot, 'dist/test/bench/bare-server.js'),
    args: [String(port)],
    env: {},
    readyUrl: `${url}/health/ready`,
  });
  return { name: 'bare Fastify route', url, process };
}

async function gateway(name: string, stack: Stack, env: Record<string, string>): Promise<Server> {
  const [port, internal] = [await freePort(), await freePort()];
  const process = await startServiceProcess({
    entry: join(repoRoot, 'dist/services/gateway/src/main.js'),
    env: {
      ...stack.envOf('gateway'),
      ...env,
      MIRANTE_PORT: String(port),
      MIRANTE_INTERNAL_PORT: String(internal),
      MIRANTE_LOG_DIR: join(stack.logDir, String(port)),
    },
    readyUrl: `http://127.0.0.1:${internal}/health/ready`,
  });
  return { name, url: `http://127.0.0.1:${port}`, process };
}

async function measure(server: Server): Promise<{ cpuUs: number; perSecond: number }> {
  const before = cpuSeconds(server.process.pid);
  const startedAt = performance.now();
  const result = await autocannon({
    url: `${server.url}/version`,
    connections: CONNECTIONS,
    amount: REQUESTS,
    headers: server.headers ?? {},
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  if (result.non2xx + result.errors > 0)
    throw new Error(`${server.name}: ${result.non2xx} bad answers, ${result.errors} errors`);
  const used = cpuSeconds(server.process.pid) - before;
  return { cpuUs: (used * 1e6) / REQUESTS, perSecond: REQUESTS / seconds };
}
