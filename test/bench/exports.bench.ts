import { get } from 'node:http';
import { createConnection } from 'mysql2/promise';
import { insertRows } from '#libs/persistence';
import { startStack, type Stack } from '../harness/stack.js';
import { heading, row } from './figures.js';
import { rssMiB } from './process-figures.js';

const POSTS = Number(process.env['MIRANTE_BENCH_EXPORT_POSTS'] ?? 1_000_000);
const CHUNK = 10_000;
const SOURCE_MASTODON = 2;

interface Case {
  name: string;
  query: string;
  gzip?: boolean;
}

const CASES: readonly Case[] = [
  { name: 'jsonl', query: 'format=jsonl' },
  { name: 'csv', query: 'format=csv' },
  { name: 'csv, gzip', query: 'format=csv', gzip: true },
  { name: 'jsonl, pseudonyms', query: 'format=jsonl&authors=pseudonym' },
  { name: 'ids', query: 'format=ids' },
];

/** Downloads of a tag with very many posts: speed, and the memory of both services while they last. */
export async function benchExports(): Promise<void> {
  heading(`exports: one tag with ${POSTS.toLocaleString('en')} posts`);
  const stack = await startStack({ bufferPoolMiB: 1_024, env: { MIRANTE_LOG_LEVEL: 'warn' } });
  try {
    await fill(stack);
    // The first requests load code and fill pools; what grows after them grows with the length of the download.
    await download(stack, 'format=jsonl&to=2024-01-01T02:00:00Z', false);
    row('form', 'rows/s', 'MB/s', 'gateway MiB', 'at most', 'ingest MiB', 'at most');
    for (const { name, query, gzip = false } of CASES) {
      const watch = watchMemory(stack);
      const startedAt = performance.now();
      const { lines, bytes } = await download(stack, query, gzip);
      const seconds = (performance.now() - startedAt) / 1_000;
      const memory = await watch.end();
      const rows = lines - (query.includes('csv') && !gzip ? 1 : 0);
      if (!gzip && rows !== POSTS) throw new Error(`${name}: ${rows} rows instead of ${POSTS}`);
      row(name, POSTS / seconds, bytes / 1e6 / seconds, ...memory);
    }
  } finally {
    await stack.close();
  }
}

/** Posts as an import would leave them, without the way there: that is what the ingest bench measures. */
async function fill(stack: Stack): Promise<void> {
  const env = stack.envOf('twitter-ingest');
  const connection = await createConnection({
    host: env['MIRANTE_MYSQL_HOST']!,
    port: Number(env['MIRANTE_MYSQL_PORT']),
    user: env['MIRANTE_MYSQL_USER']!,
    password: env['MIRANTE_MYSQL_PASSWORD']!,
    database: env['MIRANTE_MYSQL_DATABASE']!,
    timezone: 'Z',
  });
  const tx = {
    query: async <T>(sql: string, values?: unknown[]): Promise<T> => (await connection.query(sql, values))[0] as T,
  };
  try {
    const authors = Array.from({ length: 1_000 }, (_, n) => [
      n + 1,
      SOURCE_MASTODON,
      `https://social.example/users/u${n}`,
      `user${n}`,
      `User ${n}`,
      n,
      1,
    ]);
    await insertRows(tx, 'author', ['id', 'source', 'ext_id', 'username', 'name', 'followers', 'rev'], authors);
    await tx.query("INSERT INTO tag (id, tag_key, spelling) VALUES (1, 'bench', 'Bench')");
    const columns = ['id', 'source', 'ext_id', 'first_batch', 'version', 'url', 'posted_at', 'kind', 'text', 'lang',
      'author_id', 'reposts', 'replies', 'likes', 'quotes', 'is_sensitive', 'is_edited', 'rev']; // prettier-ignore
    for (let from = 1; from <= POSTS; from += CHUNK) {
      const ids = Array.from({ length: Math.min(CHUNK, POSTS - from + 1) }, (_, n) => from + n);
      await insertRows(tx, 'post', columns, ids.map(postRow));
      await insertRows(tx, 'post_tag', ['tag_id', 'posted_at', 'post_id', 'origins'], ids.map((id) => [1, at(id), id, 2])); // prettier-ignore
    }
  } finally {
    await connection.end();
  }
}

const at = (id: number): Date => new Date(Date.UTC(2024, 0, 1) + id * 1_000);

function postRow(id: number): unknown[] {
  const uri = `https://social.example/users/u${id % 1_000}/statuses/${id}`;
  const text = `Post ${id} about the fog over the bay, "quoted", with a comma and a line\nbreak é 😀 #bench`;
  return [id, SOURCE_MASTODON, uri, 1, '', uri, at(id), 1, text, 'en', (id % 1_000) + 1, 1, 2, 3, 0, 0, 0, 1];
}

function download(stack: Stack, query: string, gzip: boolean): Promise<{ lines: number; bytes: number }> {
  return new Promise((resolve, reject) => {
    const options = { agent: false, headers: gzip ? { 'accept-encoding': 'gzip' } : {} };
    get(`${stack.baseUrl}/api/v1/exports/posts?tag=bench&${query}`, options, (answer) => {
      if (answer.statusCode !== 200) return reject(new Error(`export answered ${answer.statusCode}`));
      // Texts hold line breaks; in CSV only a row ends with both characters.
      const [first, second] = query.includes('csv') ? [13, 10] : [undefined, 10];
      let [lines, bytes, before] = [0, 0, 0];
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        for (let i = chunk.indexOf(second); i !== -1; i = chunk.indexOf(second, i + 1)) {
          if (first === undefined || (i > 0 ? chunk[i - 1] : before) === first) lines++;
        }
        before = chunk.at(-1) ?? before;
      });
      answer.on('error', reject);
      answer.on('end', () => (answer.complete ? resolve({ lines, bytes }) : reject(new Error('broken off'))));
    }).on('error', reject);
  });
}

/** Resident memory of gateway and ingest in MiB: at the start and at most, four figures. */
function watchMemory(stack: Stack): { end(): Promise<number[]> } {
  const services = ['gateway', 'twitter-ingest'] as const;
  const seen: number[][] = [[], []];
  const sample = () => {
    for (const [index, service] of services.entries()) seen[index]!.push(rssMiB(stack.services[service].pid));
  };
  let going = true;
  const watching = (async () => {
    while (going) {
      sample();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return {
    end: async () => {
      going = false;
      await watching;
      return seen.flatMap((figures) => [figures[0]!, Math.max(...figures)]);
    },
  };
}
