import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tailOf } from './log-tail.js';
import { freePort } from './ports.js';
import { answersHttp } from './probes.js';
import { programsOf } from './programs.js';
import { PlannedServer, type RunningServer, type ServerOptions } from './server.js';

export interface MysqldExporterOptions extends ServerOptions {
  port?: number;
  /** The database it reads; it may start later and come back. */
  database: { port: number; user: string; password: string };
}

export interface MysqldExporterServer extends RunningServer {
  readonly port: number;
}

/** Starts an exporter of the database's own counters. It is ready before the database is, and says so in `mysql_up`. */
export async function startMysqldExporter(options: MysqldExporterOptions): Promise<MysqldExporterServer> {
  const port = options.port ?? (await freePort());
  const { dir, database } = options;
  const log = join(dir, 'mysqld-exporter.log');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const server = new PlannedServer({
    name: 'mysqld-exporter',
    ports: [port],
    startTimeoutMs: 30_000,
    onSpawn: options.onSpawn,
    logTail: (lines) => tailOf(log, lines),
    isReady: () => answersHttp(`http://127.0.0.1:${port}/`),
    prepare: () => {
      const programs = programsOf('mysqld-exporter');
      const login = join(dir, 'my.cnf');
      writeFileSync(login, loginFile(database), { mode: 0o600 });
      return Promise.resolve({
        name: 'mysqld-exporter',
        command: programs.server,
        args: [
          `--config.my-cnf=${login}`,
          `--web.listen-address=127.0.0.1:${port}`,
          // A plugin that is not loaded.
          '--no-collect.info_schema.query_response_time',
          '--log.level=warn',
        ],
        env: { ...process.env, ...programs.env },
        cwd: dir,
        logFile: log,
        stopTimeoutMs: 5_000,
        reapWithParent: options.reapWithParent ?? true,
      });
    },
  });
  await server.start();
  return Object.assign(server, { port });
}

function loginFile({ port, user, password }: MysqldExporterOptions['database']): string {
  return `[client]\nhost=127.0.0.1\nport=${port}\nuser=${user}\npassword=${password}\n`;
}
