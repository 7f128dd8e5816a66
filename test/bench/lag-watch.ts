import { createConnection, type Connection } from 'mysql2/promise';
import type { Stack } from '../harness/stack.js';
import { snowflakeMs } from '../simulators/x/snowflake.js';

const EVERY_MS = 100;
const ALPHABET = '234567abcdefghijklmnopqrstuvwxyz';

/** Sources by their number in the tables. */
const SOURCES = [
  { name: 'X', code: 4, madeAt: snowflakeMs },
  { name: 'Bluesky', code: 3, madeAt: madeAtOfUri },
] as const;

export interface Lags {
  name: string;
  /** Milliseconds from the making of a post until a reader of the database finds it there. */
  stored: number[];
  /** And until it is in the tables the reports are read from. */
  counted: number[];
}

/**
 * Looks ten times a second which posts are new in both databases. Ids carry the time of creation in both networks, to the
 * millisecond; up to a tenth of a second of each lag is that of looking.
 */
export class LagWatch {
  /** Lags of posts made before this do not count. */
  since = Infinity;
  readonly lags: readonly Lags[] = SOURCES.map(({ name }) => ({ name, stored: [], counted: [] }));
  private readonly madeAt = new Map<number, number>();
  private going = true;
  private readonly running: Promise<void>;

  private constructor(
    private readonly ingest: Connection,
    private readonly analytics: Connection,
  ) {
    this.running = this.watch();
  }

  static async start(stack: Stack): Promise<LagWatch> {
    return new LagWatch(await connect(stack, 'twitter-ingest'), await connect(stack, 'analytics'));
  }

  async end(): Promise<void> {
    this.going = false;
    await this.running;
    await Promise.all([this.ingest.end(), this.analytics.end()]);
  }

  private async watch(): Promise<void> {
    const stored = SOURCES.map(() => 0);
    const counted = SOURCES.map(() => 0);
    while (this.going) {
      const startedAt = Date.now();
      for (const [index, { code, madeAt }] of SOURCES.entries()) {
        const found = await rowsOf(this.ingest, 'SELECT id, ext_id FROM post WHERE source = ? AND id > ? ORDER BY id', [code, stored[index]]); // prettier-ignore
        const now = Date.now();
        for (const { id, ext_id } of found) {
          this.madeAt.set(id, madeAt(ext_id));
          this.note(this.lags[index]!.stored, id, now);
        }
        stored[index] = found.at(-1)?.id ?? stored[index]!;
        const facts = await rowsOf(this.analytics, 'SELECT DISTINCT post_id AS id FROM post_fact WHERE post_id > ? AND source = ? ORDER BY post_id', [counted[index], code]); // prettier-ignore
        const then = Date.now();
        for (const { id } of facts) {
          this.note(this.lags[index]!.counted, id, then);
          this.madeAt.delete(id);
        }
        counted[index] = facts.at(-1)?.id ?? counted[index]!;
      }
      await new Promise((resolve) => setTimeout(resolve, Math.max(5, startedAt + EVERY_MS - Date.now())));
    }
  }

  private note(lags: number[], id: number, now: number): void {
    const madeAt = this.madeAt.get(id);
    if (madeAt !== undefined && madeAt >= this.since) lags.push(now - madeAt);
  }
}

async function rowsOf(connection: Connection, sql: string, values: unknown[]) {
  const [rows] = await connection.query(sql, values);
  return rows as { id: number; ext_id: string }[];
}

async function connect(stack: Stack, service: 'twitter-ingest' | 'analytics'): Promise<Connection> {
  const env = stack.envOf(service);
  return createConnection({
    host: env['MIRANTE_MYSQL_HOST']!,
    port: Number(env['MIRANTE_MYSQL_PORT']),
    user: env['MIRANTE_MYSQL_USER']!,
    password: env['MIRANTE_MYSQL_PASSWORD']!,
    database: env['MIRANTE_MYSQL_DATABASE']!,
  });
}

/** The last part of the address of a post is the time of its creation in microseconds, and ten bits more. */
function madeAtOfUri(uri: string): number {
  let value = 0n;
  for (const letter of uri.slice(uri.lastIndexOf('/') + 1)) value = value * 32n + BigInt(ALPHABET.indexOf(letter));
  return Number((value >> 10n) / 1_000n);
}
