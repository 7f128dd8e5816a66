import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { startServiceProcess, type ServiceProcess } from '#libs/testing';
import { repoRoot } from '../../compose/native/src/repo.js';
import {
  freePorts,
  startMariaDb,
  startRabbitMq,
  type MariaDbServer,
  type RabbitMqServer,
} from '../../compose/native/src/servers/index.js';

const run = promisify(execFile);

export const SERVICE_NAMES = ['twitter-ingest', 'analytics', 'visitors', 'image-tasks', 'gateway'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

const WITH_DATABASE: readonly ServiceName[] = SERVICE_NAMES;

export interface StackOptions {
  /** Added to the environment of every service. */
  env?: Record<string, string>;
  bufferPoolMiB?: number;
}

/** The whole product with servers of its own, for tests that kill parts of it. */
export interface Stack {
  readonly baseUrl: string;
  readonly logDir: string;
  readonly mariadb: MariaDbServer;
  readonly rabbitmq: RabbitMqServer;
  readonly services: Record<ServiceName, ServiceProcess>;
  readonly internalUrls: Record<ServiceName, string>;
  /** Environment a service was started with. */
  envOf(service: ServiceName): Record<string, string>;
  /** Runs SQL as root in the schema of a service. */
  query<T>(service: ServiceName, sql: string, values?: unknown[]): Promise<T[]>;
  close(): Promise<void>;
}

function schemaOf(service: ServiceName): string {
  return `mirante_${service.replaceAll('-', '_')}`;
}

function entryOf(service: ServiceName, file: string): string {
  return join(repoRoot, 'dist', 'services', service, 'src', file);
}

const FOLDERS = join(repoRoot, '.mirante', 'test');
/** Whoever wants to look at what a killed run has left behind has so long. */
const LEFTOVER_MS = 60 * 60 * 1_000;

/** Removes the folders of stacks whose process was killed before it could. */
function removeLeftovers(): void {
  for (const name of existsSync(FOLDERS) ? readdirSync(FOLDERS) : []) {
    const [, pid] = /^stack-(\d+)-/.exec(name) ?? [];
    const dir = join(FOLDERS, name);
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    // Another run may be doing the same.
    const touched = statSync(dir, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - touched > LEFTOVER_MS) rmSync(dir, { recursive: true, force: true });
  }
}

/** Starts the built services (`npm run build` first) on free ports. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  removeLeftovers();
  const dir = join(FOLDERS, `stack-${process.pid}-${randomBytes(3).toString('hex')}`);
  const logDir = join(dir, 'logs');
  mkdirSync(join(dir, 'blobs'), { recursive: true, mode: 0o700 });
  const [mariadb, rabbitmq] = await Promise.all([
    startMariaDb({ dir: join(dir, 'mariadb'), bufferPoolMiB: options.bufferPoolMiB ?? 256 }),
    startRabbitMq({ dir: join(dir, 'rabbitmq') }),
  ]);
  const [publicPort, ...internalPorts] = await freePorts(1 + SERVICE_NAMES.length);
  const baseUrl = `http://127.0.0.1:${publicPort}`;
  const internalUrls = Object.fromEntries(
    SERVICE_NAMES.map((service, index) => [service, `http://127.0.0.1:${internalPorts[index]}`]),
  ) as Stack['internalUrls'];

  const query = async <T>(service: ServiceName | null, sql: string, values: unknown[] = []) => {
    const connection = await createConnection({
      host: '127.0.0.1',
      port: mariadb.port,
      user: 'root',
      password: mariadb.rootPassword,
      ...(service && { database: schemaOf(service) }),
      timezone: 'Z',
    });
    try {
      const [rows] = await connection.query(sql, values);
      return rows as T[];
    } finally {
      await connection.end();
    }
  };

  const envOf = (service: ServiceName): Record<string, string> => ({
    MIRANTE_ENV: 'local',
    MIRANTE_LOG_DIR: logDir,
    MIRANTE_INTERNAL_PORT: new URL(internalUrls[service]).port,
    MIRANTE_AMQP_URL: `amqp://${rabbitmq.user}:${rabbitmq.password}@127.0.0.1:${rabbitmq.amqpPort}`,
    MIRANTE_BLOB_DIR: join(dir, 'blobs'),
    MIRANTE_BLOB_MIN_FREE_BYTES: '0',
    MIRANTE_PORT: String(publicPort),
    MIRANTE_IMPORT_LEASE_SECONDS: '2',
    MIRANTE_MYSQL_HOST: '127.0.0.1',
    MIRANTE_MYSQL_PORT: String(mariadb.port),
    MIRANTE_MYSQL_USER: 'root',
    MIRANTE_MYSQL_PASSWORD: mariadb.rootPassword,
    MIRANTE_MYSQL_DATABASE: schemaOf(service),
    MIRANTE_MYSQL_DIALECT: 'mariadb',
    ...options.env,
  });

  for (const service of WITH_DATABASE) {
    await query(null, `CREATE DATABASE ${schemaOf(service)} CHARACTER SET utf8mb4`);
    const env = { ...process.env, ...envOf(service) };
    await run(process.execPath, [entryOf(service, 'migrate.js')], { env });
  }
  const started = await Promise.all(
    SERVICE_NAMES.map((service) =>
      startServiceProcess({
        entry: entryOf(service, 'main.js'),
        env: envOf(service),
        readyUrl: `${internalUrls[service]}/health/ready`,
      }),
    ),
  );
  // RabbitMQ 3.10 may lose a queue that was declared moments before a SIGKILL.
  for (const queue of ['ev.analytics', 'ev.twitter-ingest', 'ev.visitors', 'ev.image-tasks', 'parking'])
    await rabbitmq.untilDurable(queue);
  const services = Object.fromEntries(
    SERVICE_NAMES.map((service, index) => [service, started[index]]),
  ) as Stack['services'];

  return {
    baseUrl,
    logDir,
    mariadb,
    rabbitmq,
    services,
    internalUrls,
    envOf,
    query,
    close: async () => {
      await Promise.all(Object.values(services).map((service) => service.kill()));
      await Promise.all([mariadb.kill(), rabbitmq.kill()]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
