import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { repoRoot } from '../../compose/native/src/repo.js';
import { seeded } from '../harness/archive-factory.js';
import { startStack, type Stack } from '../harness/stack.js';
import { heading, percentile, row } from './figures.js';

const run = promisify(execFile);

const SIZES = (process.env['MIRANTE_BENCH_REPORT_POSTS'] ?? '1000000,10000000').split(',').map(Number);
const REQUESTS = Number(process.env['MIRANTE_BENCH_REQUESTS'] ?? 100);
const TAGS = 200;
const AUTHORS_PER_POST = 0.1;
const START = Date.parse('2025-01-01T00:00:00Z');
const DAYS = 30;

const REPORTS = [
  'summary',
  'top-users',
  'posts-by-hour?tz=Asia/Kathmandu',
  'posts-by-language',
  'posts-by-country',
  'posts-over-time?interval=day&tz=America/Sao_Paulo',
  'cooccurring-tags',
];

/** Latency of every report at the API over generated posts: 200 tags, Zipf-like, the largest with an eighth of all. */
export async function benchReports(): Promise<void> {
  const p95: Record<string, Record<number, number>> = {};
  for (const size of SIZES) {
    const stack = await startStack({ bufferPoolMiB: 6_144 });
    try {
      await generate(stack, size);
      heading(`reports over ${size} posts: milliseconds at the API, ${REQUESTS} requests each`);
      row('report', 'p50', 'p95', 'max');
      for (const [name, query] of [
        ['the largest tag', () => 'tag=tag1'],
        ['any tag, whole days', daysQuery],
      ] as const) {
        process.stdout.write(`${name}\n`);
        for (const report of REPORTS) {
          const times = await time(stack, report, query);
          row(`  ${report}`, percentile(times, 50), percentile(times, 95), Math.max(...times));
          if (name === 'the largest tag') (p95[report] ??= {})[size] = percentile(times, 95);
        }
      }
    } finally {
      await stack.close();
    }
  }
  const [small, large] = [SIZES[0]!, SIZES.at(-1)!];
  if (small === large) return;
  heading(`growth of p95 of the largest tag from ${small} to ${large} posts`);
  for (const report of REPORTS) row(`  ${report}`, `x ${(p95[report]![large]! / p95[report]![small]!).toFixed(2)}`);
}

function daysQuery(random: () => number): string {
  const tag = Math.floor(Math.exp(random() * Math.log(TAGS + 1)));
  const first = Math.floor(random() * DAYS);
  const last = first + 1 + Math.floor(random() * (DAYS - first));
  const day = (n: number) => new Date(START + n * 86_400_000).toISOString();
  return `tag=tag${tag}&from=${day(first)}&to=${day(last)}`;
}

async function time(stack: Stack, report: string, query: (random: () => number) => string): Promise<number[]> {
  const random = seeded(1);
  const times: number[] = [];
  for (let request = 0; request < REQUESTS + 5; request++) {
    const url = `${stack.baseUrl}/api/v1/analytics/${report}${report.includes('?') ? '&' : '?'}${query(random)}`;
    const startedAt = performance.now();
    const answer = await fetch(url);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
    if (request >= 5) times.push(performance.now() - startedAt);
  }
  return times;
}

/** Facts straight into the table, roll-ups by the product's own rebuild: what an import of these posts would leave. */
async function generate(stack: Stack, posts: number): Promise<void> {
  const startedAt = performance.now();
  const authors = Math.ceil(posts * AUTHORS_PER_POST);
  const sql = (text: string) => stack.query('analytics', text);
  await sql(
    `INSERT INTO tag (id, tag_key, spelling) SELECT seq, CONCAT('tag', seq), CONCAT('Tag', seq) FROM seq_1_to_${TAGS}`,
  );
  await sql(`INSERT INTO author (id, rev, source, ext_id, username, name, country, followers, followers_seen_at, rank_key, order_key)
    SELECT seq, 1, 1, seq, CONCAT('user', seq), CONCAT('User ', seq), ELT(1 + seq % 5, 'BR', 'US', 'JP', '', ''), f, ${START}, -f,
           CONCAT(CHAR(4), UNHEX(LPAD(HEX(seq), 8, '0')))
      FROM (SELECT seq, CAST(seq * 7919 % 1000003 AS SIGNED) AS f FROM seq_1_to_${authors}) s`);
  const step = 500_000;
  for (let from = 1; from <= posts; from += step) {
    const to = Math.min(posts, from + step - 1);
    // Every second post has a second tag; both are drawn so that tag n is used about 1/n times as often as the first.
    for (const [salt, every] of [
      [1, 1],
      [2, 2],
    ]) {
      await sql(`INSERT IGNORE INTO post_fact (tag_id, posted_at, post_id, rev, author_id, source, kind, origins, lang, country)
        SELECT FLOOR(EXP(RAND(seq * 31 + ${salt}) * LN(${TAGS + 1}))), ${START} + FLOOR(RAND(seq) * ${DAYS * 86_400_000}), seq, 1,
               1 + FLOOR(POW(RAND(seq * 17 + 5), 2) * ${authors}), 1, 1 + FLOOR(RAND(seq * 3 + 1) * 4), 2,
               ELT(1 + FLOOR(POW(RAND(seq * 7 + 2), 2) * 12), 'en', 'pt', 'es', 'ja', 'de', 'fr', 'und', 'hi', 'ne', 'it', 'nl', 'pl'),
               IF(RAND(seq * 13 + 3) < 0.03, ELT(1 + seq % 5, 'BR', 'US', 'JP', 'IN', 'PT'), '')
          FROM seq_${from}_to_${to} WHERE seq % ${every} = 0`);
    }
  }
  const env = {
    ...process.env,
    MIRANTE_MYSQL_HOST: '127.0.0.1',
    MIRANTE_MYSQL_PORT: String(stack.mariadb.port),
    MIRANTE_MYSQL_USER: 'root',
    MIRANTE_MYSQL_PASSWORD: stack.mariadb.rootPassword,
    MIRANTE_MYSQL_DATABASE: 'mirante_analytics',
    MIRANTE_MYSQL_DIALECT: 'mariadb',
  };
  const maintain = join(repoRoot, 'dist/services/analytics/src/maintain.js');
  await run(process.execPath, [maintain, 'rebuild', '--all'], { env, maxBuffer: 16 * 1024 * 1024 });
  heading(
    `generated ${posts} posts and rebuilt their roll-ups in ${Math.round((performance.now() - startedAt) / 1_000)} s`,
  );
}
