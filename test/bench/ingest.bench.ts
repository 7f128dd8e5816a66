import { createConnection } from 'mysql2/promise';
import { insertRows } from '#libs/persistence';
import { samplePages, toJsonl } from '../harness/archive-factory.js';
import { ApiClient } from '../harness/client.js';
import { startStack, type Stack } from '../harness/stack.js';
import { heading, median, row } from './figures.js';

const RUNS = Number(process.env['MIRANTE_BENCH_RUNS'] ?? 3);
const POSTS = Number(process.env['MIRANTE_BENCH_POSTS'] ?? 60_000);

/** Archive file -> ingest -> RabbitMQ -> analytics with all roll-ups, beside a bare multi-row insert of the same posts. */
export async function benchIngest(): Promise<void> {
  heading(`ingest: ${POSTS} posts per run, ${RUNS} runs after one to warm up`);
  const stack = await startStack({ bufferPoolMiB: 2_048, env: { MIRANTE_LOG_LEVEL: 'info' } });
  try {
    const imported: number[] = [];
    const bare: number[] = [];
    for (let run = 0; run <= RUNS; run++) {
      const rate = await importOnce(stack, run);
      const bareRate = await insertBare(stack, run);
      if (run === 0) continue;
      imported.push(rate);
      bare.push(bareRate);
      row(`  run ${run}`, `${Math.round(rate)}/s`, `bare ${Math.round(bareRate)}/s`, rate / bareRate);
    }
    row('archive to roll-ups, posts/s (median)', median(imported));
    row('bare multi-row insert of the posts, rows/s', median(bare));
    row('ratio', median(imported.map((rate, index) => rate / bare[index]!)));
  } finally {
    await stack.close();
  }
}

async function importOnce(stack: Stack, run: number): Promise<number> {
  const tag = `bench${run}`;
  const pages = samplePages({
    seed: run,
    idPrefix: String(run + 1),
    posts: POSTS,
    authors: Math.ceil(POSTS / 5),
    perPage: 500,
    tag,
    from: '2024-01-01T00:00:00Z',
    days: 30,
  });
  const body = toJsonl(pages);
  const answer = await fetch(`${stack.baseUrl}/api/v1/archives?tag=${tag}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body,
  });
  const startedAt = performance.now();
  const { id } = (await answer.json()) as { id: string };
  const archive = await new ApiClient(stack.baseUrl).untilDone(id, 600_000, 200);
  if (archive.posts.new !== POSTS) throw new Error(`imported ${archive.posts.new} of ${POSTS} posts`);
  return POSTS / ((performance.now() - startedAt) / 1_000);
}

/** The same rows once more into an empty table of the same shape: the most this server could do for the posts alone. */
async function insertBare(stack: Stack, run: number): Promise<number> {
  const connection = await createConnection({
    host: '127.0.0.1',
    port: stack.mariadb.port,
    user: 'root',
    password: stack.mariadb.rootPassword,
    database: 'mirante_twitter_ingest',
    timezone: 'Z',
  });
  try {
    await connection.query('DROP TABLE IF EXISTS bare');
    await connection.query('CREATE TABLE bare LIKE post');
    const [rows, fields] = await connection.query(`SELECT * FROM post WHERE ext_id LIKE '${run + 1}%' ORDER BY id`);
    const columns = fields.map((field) => field.name);
    const values = (rows as Record<string, unknown>[]).map((record) => columns.map((column) => record[column]));
    const executor = { query: async <T>(sql: string) => (await connection.query(sql))[0] as T };
    const startedAt = performance.now();
    for (let at = 0; at < values.length; at += 1_000) {
      await insertRows(executor, 'bare', columns, values.slice(at, at + 1_000));
    }
    return values.length / ((performance.now() - startedAt) / 1_000);
  } finally {
    await connection.end();
  }
}
