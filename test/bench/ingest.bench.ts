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
    row('bare insert of the post rows alone, posts/s', median(bare));
    row('ratio', median(imported.map((rate, index) => rate / bare[index]!)));
    const all = await insertBareAll(stack);
    row('bare insert of all rows it leaves, posts/s', all);
    row('ratio', median(imported) / all);
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

/** Everything an import leaves behind, except what only travels through (outbox, inbox). */
const TABLES = {
  'twitter-ingest': ['post', 'post_tag', 'author'],
  analytics: [
    'post_fact',
    'tag_author',
    'author',
    'rollup_15m',
    'rollup_lang_day',
    'rollup_country_day',
    'rollup_cotag_day',
  ],
} as const;

/** The posts of one run once more into an empty table of the same shape: the most this server could do for them alone. */
function insertBare(stack: Stack, run: number): Promise<number> {
  return copyBare(stack, 'twitter-ingest', 'post', `ext_id LIKE '${run + 1}%'`).then(
    ({ rows, seconds }) => rows / seconds,
  );
}

/** All rows of all runs into empty tables of the same shape, in posts per second. */
async function insertBareAll(stack: Stack): Promise<number> {
  let seconds = 0;
  for (const [service, tables] of Object.entries(TABLES) as [keyof typeof TABLES, readonly string[]][]) {
    for (const table of tables) seconds += (await copyBare(stack, service, table, 'TRUE')).seconds;
  }
  return (POSTS * (RUNS + 1)) / seconds;
}

async function copyBare(
  stack: Stack,
  service: keyof typeof TABLES,
  table: string,
  condition: string,
): Promise<{ rows: number; seconds: number }> {
  const connection = await createConnection({
    host: '127.0.0.1',
    port: stack.mariadb.port,
    user: 'root',
    password: stack.mariadb.rootPassword,
    database: stack.envOf(service)['MIRANTE_MYSQL_DATABASE']!,
    timezone: 'Z',
  });
  try {
    await connection.query('DROP TABLE IF EXISTS bare');
    await connection.query(`CREATE TABLE bare LIKE ${table}`);
    const [records, fields] = await connection.query(`SELECT * FROM ${table} WHERE ${condition}`);
    const columns = fields.map((field) => field.name);
    const values = (records as Record<string, unknown>[]).map((record) => columns.map((column) => record[column]));
    const executor = { query: async <T>(sql: string) => (await connection.query(sql))[0] as T };
    const startedAt = performance.now();
    for (let at = 0; at < values.length; at += 1_000) {
      await insertRows(executor, 'bare', columns, values.slice(at, at + 1_000));
    }
    return { rows: values.length, seconds: (performance.now() - startedAt) / 1_000 };
  } finally {
    await connection.end();
  }
}
