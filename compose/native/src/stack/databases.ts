import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import type { StackConfig } from './config.js';
import { createDatabase } from './database-accounts.js';
import { createExporterAccount } from './exporter-account.js';
import { paths } from './paths.js';
import { migrationEnv } from './service-env.js';

const run = promisify(execFile);

/** Creates schema and accounts of every service that has a database; repeats without effect. */
export async function createDatabases(config: StackConfig, socketPath: string): Promise<void> {
  const connection = await createConnection({ socketPath, user: 'root', password: config.secrets.mariadbRoot });
  try {
    for (const service of withDatabase(config)) {
      await createDatabase(connection, service, config.secrets.databases[service]!, '127.0.0.1');
    }
    await createExporterAccount(connection, config.secrets.exporter, '127.0.0.1', 'mariadb');
  } finally {
    await connection.end();
  }
}

/** Runs the migrations of all services side by side; a service without any is left out. */
export async function runMigrations(config: StackConfig): Promise<string[]> {
  const services = withDatabase(config).filter((service) => existsSync(paths.migrate(service)));
  const outcomes = await Promise.allSettled(services.map((service) => migrate(service, config)));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<string>).value);
}

async function migrate(service: string, config: StackConfig): Promise<string> {
  const env = { ...process.env, ...migrationEnv(service, config) };
  const args = ['--enable-source-maps', paths.migrate(service)];
  try {
    const { stdout } = await run(process.execPath, args, { env, cwd: paths.repo, timeout: 300_000 });
    return stdout.trim();
  } catch (error) {
    const { stderr, stdout } = error as { stderr?: string; stdout?: string };
    const tail = `${stdout ?? ''}${stderr ?? ''}`.trimEnd().split('\n').slice(-20).join('\n');
    throw new Error(`the migration of ${service} failed:\n${tail || String(error)}`, { cause: error });
  }
}

function withDatabase(config: StackConfig): string[] {
  return config.services
    .filter((service) => service.needs.includes('mysql') && service.instance === undefined)
    .map((service) => service.name);
}
