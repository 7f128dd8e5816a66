import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection, type Connection } from 'mysql2/promise';
import { JOB_TABLES_SQL, Jobs, type JobInfo } from '#libs/jobs';
import { sleep, uuidv7 } from '#libs/kernel';
import { repoRoot } from '../../compose/native/src/repo.js';
import { startMariaDb, startRabbitMq } from '../../compose/native/src/servers/index.js';
import { heading, percentile, row } from './figures.js';
import { cpuSeconds } from './process-figures.js';
import type { JobsAsk, JobsFigures, JobsSay } from './jobs-process.types.js';
import { startJobs } from './jobs-service.js';

const JOBS = Number(process.env['MIRANTE_BENCH_JOBS'] ?? 10_000);
const TENANTS = 50;
const WORKERS = Number(process.env['MIRANTE_BENCH_JOB_WORKERS'] ?? 4);
/** Jobs of the part that looks at one job at a time. */
const SINGLE = 300;
const CANCELLATIONS = 20;
const SUBMITTERS = 8;

/** Jobs that do nothing: what storing, sharing out, settling and telling of them costs, with servers that flush to disk. */
export async function benchJobs(): Promise<void> {
  heading(`jobs: ${JOBS} no-op jobs of ${TENANTS} tenants, ${WORKERS} worker processes with 2 slots each`);
  const dir = join(repoRoot, '.mirante', 'test', `jobs-${process.pid}-${randomBytes(3).toString('hex')}`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const [mariadb, rabbitmq] = await Promise.all([
    startMariaDb({ dir: join(dir, 'mariadb') }),
    startRabbitMq({ dir: join(dir, 'rabbitmq'), management: false }),
  ]);
  const account = { host: '127.0.0.1', port: mariadb.port, user: 'root', password: mariadb.rootPassword };
  const connection = await createConnection(account);
  const before = { ...process.env };
  try {
    await connection.query('CREATE DATABASE jobs CHARACTER SET utf8mb4 COLLATE utf8mb4_bin');
    await connection.query('USE jobs');
    for (const sql of JOB_TABLES_SQL) await connection.query(sql);
    Object.assign(process.env, {
      MIRANTE_MYSQL_HOST: account.host,
      MIRANTE_MYSQL_PORT: String(account.port),
      MIRANTE_MYSQL_USER: account.user,
      MIRANTE_MYSQL_PASSWORD: account.password,
      MIRANTE_MYSQL_DATABASE: 'jobs',
      MIRANTE_MYSQL_DIALECT: 'mariadb',
      MIRANTE_AMQP_URL: `amqp://${rabbitmq.user}:${rabbitmq.password}@127.0.0.1:${rabbitmq.amqpPort}`,
      MIRANTE_JOB_SLOTS: '0',
    });
    const app = await startJobs();
    try {
      await measure(app.get(Jobs), connection, mariadb.pid);
    } finally {
      await app.close();
    }
  } finally {
    process.env = before;
    await connection.end();
    await Promise.all([mariadb.stop(), rabbitmq.stop()]);
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measure(jobs: Jobs, connection: Connection, database: number): Promise<void> {
  const ids = await store(jobs);
  await look(jobs, ids, `${JOBS} waiting`, 200);
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => Worker.start()));
  try {
    const cpu = () => [total(workers.map(({ pid }) => cpuSeconds(pid))), cpuSeconds(database)] as const;
    const startedAt = performance.now();
    const [workers0, database0] = cpu();
    const drained = untilNoneIsOpen(connection);
    await look(jobs, ids, 'while all work', drained);
    const seconds = (performance.now() - startedAt) / 1_000;
    const [workers1, database1] = cpu();
    row('jobs/s, from the backlog to the end', JOBS / seconds);
    row('cores used by workers, by the database', (workers1 - workers0) / seconds, (database1 - database0) / seconds);
    const figures = await Promise.all(workers.map((worker) => worker.figures()));
    tellClaims(figures);
    await verify(connection);
    await oneByOne(jobs);
    await cancelled(jobs, workers);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

async function store(jobs: Jobs): Promise<{ id: string; tenant: string }[]> {
  const times: number[] = [];
  const ids: { id: string; tenant: string }[] = [];
  const startedAt = performance.now();
  const submitter = async () => {
    while (ids.length < JOBS) {
      const n = ids.length;
      const wish = { id: uuidv7(), tenant: `tenant-${n % TENANTS}` };
      ids.push(wish);
      const at = performance.now();
      await jobs.submit(undefined, { ...wish, kind: n % 4 === 0 ? 'short-no-op' : 'long-no-op', params: {} });
      times.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: SUBMITTERS }, submitter));
  const rate = JOBS / ((performance.now() - startedAt) / 1_000);
  row('', 'jobs/s', 'p50 ms', 'p95 ms');
  row(`storing, ${SUBMITTERS} at a time`, rate, percentile(times, 50), percentile(times, 95));
  return ids;
}

/** Asks as clients do, `times` times or until something has happened. */
async function look(
  jobs: Jobs,
  ids: readonly { id: string; tenant: string }[],
  when: string,
  until: number | Promise<void>,
): Promise<void> {
  const times: Record<string, number[]> = { status: [], 'first page': [], 'by state': [], 'deep page': [] };
  const timed = async (name: string, ask: () => Promise<unknown>) => {
    const at = performance.now();
    await ask();
    times[name]!.push(performance.now() - at);
  };
  let going = true;
  if (typeof until !== 'number') void until.finally(() => (going = false));
  for (let n = 0; typeof until === 'number' ? n < until : going; n++) {
    const { id, tenant } = ids[(n * 7_919) % ids.length]!;
    let job!: JobInfo;
    await timed('status', async () => {
      job = await jobs.get(id, tenant);
      await jobs.place(id, tenant);
    });
    await timed('first page', () => jobs.list({ tenant, limit: 50 }));
    await timed('by state', () =>
      jobs.list({ tenant, states: ['parked', 'failed'], kinds: ['short-no-op'], limit: 50 }),
    );
    await timed('deep page', () => jobs.list({ tenant, limit: 50, after: job }));
    if (typeof until !== 'number') await sleep(10);
  }
  if (typeof until !== 'number') await until;
  row(when, 'n', 'p50 ms', 'p95 ms', 'p99 ms');
  for (const [name, values] of Object.entries(times)) {
    row(`  ${name}`, values.length, percentile(values, 50), percentile(values, 95), percentile(values, 99));
  }
}

async function untilNoneIsOpen(connection: Connection): Promise<void> {
  for (;;) {
    const [rows] = await connection.query("SELECT 1 FROM job WHERE state IN ('waiting', 'running') LIMIT 1");
    if ((rows as unknown[]).length === 0) return;
    await sleep(50);
  }
}

function tellClaims(figures: readonly JobsFigures[]): void {
  const bounds = figures[0]!.claims.map(({ le }) => le);
  const counts = bounds.map((le) => total(figures.map(({ claims }) => claims.find((each) => each.le === le)?.n ?? 0)));
  const all = counts.at(-1)!;
  /** The bound of the bucket that holds it. */
  const quantile = (p: number) => `<= ${(bounds[counts.findIndex((n) => n >= all * p)] ?? Infinity) * 1_000}`;
  row('', 'n', 'p50 ms', 'p95 ms', 'p99 ms', 'p99.9 ms');
  row('claims that took a slice', all, quantile(0.5), quantile(0.95), quantile(0.99), quantile(0.999));
  const retries = total(figures.flatMap((each) => Object.values(each.retries)));
  row('transactions run again (deadlocks)', String(retries));
  row('claims and slices that failed for it', String(total(figures.map((each) => each.failedClaims + each.failedSlices)))); // prettier-ignore
}

/** Every job is done once, and the counters of the lanes agree with it. */
async function verify(connection: Connection): Promise<void> {
  const [states] = await connection.query('SELECT state, COUNT(*) AS n, SUM(failures) AS failures FROM job GROUP BY state'); // prettier-ignore
  const [lanes] = await connection.query(
    'SELECT id FROM job_lane WHERE ready <> 0 OR running <> 0 OR waiting_jobs <> 0',
  );
  const [done] = states as { state: string; n: number; failures: string }[];
  if (done?.state !== 'done' || done.n !== JOBS || Number(done.failures) !== 0 || (lanes as unknown[]).length > 0) {
    throw new Error(`not every job was done once: ${JSON.stringify({ states, lanes })}`);
  }
}

/** Nobody else asks for anything: what one client sees. */
async function oneByOne(jobs: Jobs): Promise<void> {
  const times: Record<string, number[]> = { queue: [], lead: [] };
  for (let n = 0; n < SINGLE; n++) {
    const wish = { id: uuidv7(), tenant: `tenant-${n % TENANTS}` };
    await jobs.submit(undefined, { ...wish, kind: 'short-no-op', params: {}, receivedAt: new Date() });
    let job = await jobs.get(wish.id, wish.tenant);
    for (; job.state !== 'done'; job = await jobs.get(wish.id, wish.tenant)) await sleep(5);
    times['queue']!.push(job.timings.queueMs!);
    times['lead']!.push(job.timings.leadMs!);
  }
  row(`${SINGLE} jobs, one after the other`, 'p50 ms', 'p95 ms', 'p99 ms');
  for (const [name, values] of Object.entries(times)) {
    row(`  ${name} time`, percentile(values, 50), percentile(values, 95), percentile(values, 99));
  }
}

async function cancelled(jobs: Jobs, workers: readonly Worker[]): Promise<void> {
  const heard = (is: 'begun' | 'aborted', job: string) =>
    Promise.race(workers.map((worker) => worker.hears((message) => message.is === is && message.job === job)));
  // Of each race only one worker answers; the others go on listening.
  for (const worker of workers) worker.expectListeners(2 * CANCELLATIONS + 1);
  const times: number[] = [];
  for (let n = 0; n < CANCELLATIONS; n++) {
    const wish = { id: uuidv7(), tenant: `tenant-${n % TENANTS}` };
    const begun = heard('begun', wish.id);
    await jobs.submit(undefined, { ...wish, kind: 'patient', params: {} });
    await begun;
    const aborted = heard('aborted', wish.id);
    const at = Date.now();
    await jobs.cancel(wish.id, wish.tenant);
    const message = await aborted;
    if (message.is === 'aborted') times.push(message.at - at);
  }
  row('from the wish to cancel until the handler knows', `p50 ${percentile(times, 50)} ms`, `max ${Math.max(...times)} ms`); // prettier-ignore
}

class Worker {
  private constructor(private readonly child: ChildProcess) {}

  static async start(): Promise<Worker> {
    const env = { ...process.env, MIRANTE_JOB_SLOTS: '2' };
    const worker = new Worker(fork(join(repoRoot, 'dist/test/bench/jobs-process.js'), { env }));
    await worker.hears((message) => message.is === 'ready');
    return worker;
  }

  hears(wanted: (message: JobsSay) => boolean): Promise<JobsSay> {
    return new Promise((resolve) => {
      const listen = (message: JobsSay) => {
        if (!wanted(message)) return;
        this.child.off('message', listen);
        resolve(message);
      };
      this.child.on('message', listen);
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  expectListeners(count: number): void {
    this.child.setMaxListeners(count);
  }

  async figures(): Promise<JobsFigures> {
    const answer = this.hears((message) => message.is === 'figures');
    this.ask({ do: 'report' });
    return ((await answer) as Extract<JobsSay, { is: 'figures' }>).figures;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.ask({ do: 'stop' });
    await ended;
  }

  private ask(message: JobsAsk): void {
    this.child.send(message);
  }
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
