import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { eventually } from '#libs/testing';
import { repoRoot } from '../../compose/native/src/repo.js';
import { startStack, type Stack } from '../harness/stack.js';
import { heading, percentile, row } from './figures.js';
import { LagWatch } from './lag-watch.js';
import { cpuSeconds, rssMiB } from './process-figures.js';
import type { SimulatorsAsk, SimulatorsSay } from './stream-simulators.types.js';

const SECONDS = Number(process.env['MIRANTE_BENCH_STREAM_SECONDS'] ?? 300);
/** Pools fill and code is compiled; what is measured begins after it. */
const WARM_UP_SECONDS = 20;
/** Delivered; one in thirty that is written is about no followed tag. */
const POSTS_PER_SECOND = 250;
const EVENTS_PER_SECOND = 2_000;
const MATCHING_PER_SECOND = 50;
const TAGS = ['lookout', 'belvedere', '展望', 'miradouro', 'mirador', 'atalaia', 'aussicht', 'utsikt', 'vedetta', 'смотровая']; // prettier-ignore

const SERVICES = ['twitter-ingest', 'analytics'] as const;

/** The filtered stream of X and Jetstream at once: lag of their posts in both databases, memory, CPU, nothing left behind. */
export async function benchStreams(): Promise<void> {
  heading(`streams: X ${POSTS_PER_SECOND} posts/s, Jetstream ${EVENTS_PER_SECOND} events/s of which ${MATCHING_PER_SECOND} are posts about ${TAGS.length} followed tags, ${SECONDS} s`); // prettier-ignore
  const simulators = await startSimulators();
  let stack: Stack | undefined;
  try {
    stack = await startStack({
      bufferPoolMiB: 1_024,
      env: {
        MIRANTE_LOG_LEVEL: 'warn',
        MIRANTE_X_API_BASE_URL: simulators.ready.x,
        MIRANTE_X_BEARER_TOKEN: simulators.ready.bearer,
        MIRANTE_X_SIMULATED: 'true',
        MIRANTE_X_STREAM: 'true',
        MIRANTE_X_DAILY_BUDGET_USD: '1000000',
        MIRANTE_JETSTREAM_URL: simulators.ready.jetstream,
        MIRANTE_BLUESKY_API_URL: simulators.ready.profiles,
        MIRANTE_EGRESS_ALLOW: '127.0.0.1',
      },
    });
    for (const tag of TAGS) await follow(stack, tag);
    await eventually(async () => {
      const { ready } = await simulators.ask({ do: 'state' });
      if (!ready) throw new Error('the streams do not follow all tags yet');
    }, { timeoutMs: 60_000 }); // prettier-ignore
    await measure(stack, simulators);
  } finally {
    simulators.child.kill('SIGKILL');
    await stack?.close();
  }
}

async function measure(stack: Stack, simulators: Simulators): Promise<void> {
  const watch = await LagWatch.start(stack);
  await simulators.ask({ do: 'grow', postsPerSecond: POSTS_PER_SECOND * 1.035, eventsPerSecond: EVENTS_PER_SECOND, matching: MATCHING_PER_SECOND }); // prettier-ignore
  await sleep(WARM_UP_SECONDS);
  watch.since = Date.now();
  const startedAt = performance.now();
  const before = await simulators.ask({ do: 'state' });
  const cpuBefore = SERVICES.map((service) => cpuSeconds(stack.services[service].pid));
  const memory: number[][] = SERVICES.map(() => []);
  while (performance.now() - startedAt < SECONDS * 1_000) {
    SERVICES.forEach((service, index) => memory[index]!.push(rssMiB(stack.services[service].pid)));
    await sleep(1);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const after = await simulators.ask({ do: 'stop' });
  const cpu = SERVICES.map((service, index) => cpuSeconds(stack.services[service].pid) - cpuBefore[index]!);
  const backlog = await waitingEvents(stack);
  const stoppedAt = performance.now();
  const missing = await untilComplete(stack, simulators);
  const drainSeconds = (performance.now() - stoppedAt) / 1_000;
  await watch.end();

  const [posts, events] = [after.posts - before.posts, after.events - before.events];
  row('sent per second', `X ${Math.round(posts / seconds)}`, `Jetstream ${Math.round(events / seconds)}`);
  row('load average of the machine', loadavg()[0]!);
  row('lag, ms', 'p50', 'p95', 'p99', 'at most', 'posts');
  for (const { name, stored, counted } of watch.lags) {
    row(`${name}, to the store`, ...quantiles(stored));
    row(`${name}, to the reports`, ...quantiles(counted));
  }
  row('memory, MiB', 'first 10 s', 'last 10 s', 'at most', 'MiB/minute', 'late MiB/min');
  SERVICES.forEach((service, index) => {
    const all = memory[index]!;
    const late = all.slice(Math.floor(all.length / 2));
    row(service, mean(all.slice(0, 10)), mean(all.slice(-10)), Math.max(...all), `${(slope(all) * 60).toFixed(2)}`, `${(slope(late) * 60).toFixed(2)}`); // prettier-ignore
  });
  SERVICES.forEach((service, index) => {
    row(`${service}, CPU us/event and cores`, (cpu[index]! * 1e6) / (posts + events), cpu[index]! / seconds);
  });
  row('waiting when the streams stopped, events', backlog);
  row('waiting in the end, posts missing, after s', await waitingEvents(stack), missing, drainSeconds);
  row('connections to Jetstream made', after.connections);
  if (missing > 0) throw new Error(`${missing} posts are missing`);
}

async function follow(stack: Stack, tag: string): Promise<void> {
  const answer = await fetch(`${stack.baseUrl}/api/v1/captures`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ tag, sources: ['x', 'bluesky'], mode: 'follow' }),
  });
  if (!answer.ok) throw new Error(`capture of ${tag}: ${answer.status} ${await answer.text()}`);
}

/** Changes that are committed and not yet counted. */
async function waitingEvents(stack: Stack): Promise<number> {
  const [outbox] = await stack.query<{ n: number }>('twitter-ingest', 'SELECT COUNT(*) AS n FROM outbox WHERE published_at IS NULL'); // prettier-ignore
  return outbox!.n;
}

/** Until every post of the simulators is stored and counted, or a minute is over. @returns how many are missing then */
async function untilComplete(stack: Stack, simulators: Simulators): Promise<number> {
  const truth = await simulators.ask({ do: 'truth' });
  const giveUpAt = performance.now() + 60_000;
  for (;;) {
    const missing = await missingOf(stack, [...truth.x, ...truth.bluesky]);
    if (missing === 0 || performance.now() > giveUpAt) return missing;
    await sleep(0.1);
  }
}

async function missingOf(stack: Stack, wanted: readonly string[]): Promise<number> {
  const counted = await stack.query<{ id: number }>('analytics', 'SELECT DISTINCT post_id AS id FROM post_fact');
  const ids = new Set(counted.map(({ id }) => id));
  const stored = await stack.query<{ id: number; ext_id: string }>('twitter-ingest', 'SELECT id, ext_id FROM post WHERE deleted_at IS NULL'); // prettier-ignore
  const complete = new Set(stored.filter(({ id }) => ids.has(id)).map(({ ext_id }) => ext_id));
  return wanted.filter((extId) => !complete.has(extId)).length;
}

interface Simulators {
  child: ChildProcess;
  ready: Extract<SimulatorsSay, { is: 'ready' }>;
  ask<Ask extends SimulatorsAsk>(ask: Ask): Promise<Extract<SimulatorsSay, { is: Ask['do'] extends 'truth' ? 'truth' : 'state' }>>; // prettier-ignore
}

async function startSimulators(): Promise<Simulators> {
  const child = fork(join(repoRoot, 'dist/test/bench/stream-simulators.js'), TAGS);
  const [ready] = (await once(child, 'message')) as [Simulators['ready']];
  return {
    child,
    ready,
    ask: async (ask) => {
      const answer = once(child, 'message', { signal: AbortSignal.timeout(30_000) });
      child.send(ask);
      return (await answer)[0];
    },
  };
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
}

function quantiles(lags: readonly number[]): number[] {
  return [percentile(lags, 50), percentile(lags, 95), percentile(lags, 99), percentile(lags, 100), lags.length];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Growth from one value to the next, by least squares. */
function slope(values: readonly number[]): number {
  const [middle, average] = [(values.length - 1) / 2, mean(values)];
  let [up, across] = [0, 0];
  values.forEach((value, n) => {
    up += (n - middle) * (value - average);
    across += (n - middle) ** 2;
  });
  return up / across;
}
