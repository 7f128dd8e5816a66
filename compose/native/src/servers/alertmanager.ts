import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { tailOf } from './log-tail.js';
import { freePort } from './ports.js';
import { answersHttp } from './probes.js';
import { programsOf } from './programs.js';
import { PlannedServer, type RunningServer, type ServerOptions } from './server.js';

export interface AlertmanagerOptions extends ServerOptions {
  configFile: string;
  port?: number;
}

export interface AlertmanagerServer extends RunningServer {
  readonly port: number;
}

/** Starts a private Alertmanager without clustering. */
export async function startAlertmanager(options: AlertmanagerOptions): Promise<AlertmanagerServer> {
  const port = options.port ?? (await freePort());
  const log = join(options.dir, 'alertmanager.log');
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  const server = new PlannedServer({
    name: 'alertmanager',
    ports: [port],
    startTimeoutMs: 60_000,
    onSpawn: options.onSpawn,
    logTail: (lines) => tailOf(log, lines),
    isReady: () => answersHttp(`http://127.0.0.1:${port}/-/ready`),
    prepare: () => {
      const programs = programsOf('alertmanager');
      return Promise.resolve({
        name: 'alertmanager',
        command: programs.server,
        args: [
          `--config.file=${options.configFile}`,
          `--storage.path=${join(options.dir, 'data')}`,
          `--web.listen-address=127.0.0.1:${port}`,
          '--cluster.listen-address=',
        ],
        env: { ...process.env, ...programs.env },
        cwd: programs.cwd ?? options.dir,
        logFile: log,
        stopTimeoutMs: 15_000,
        reapWithParent: options.reapWithParent ?? true,
      });
    },
  });
  await server.start();
  return Object.assign(server, { port });
}
