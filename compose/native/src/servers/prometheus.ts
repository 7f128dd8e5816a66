import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { tailOf } from './log-tail.js';
import { freePort } from './ports.js';
import { answersHttp } from './probes.js';
import { programsOf } from './programs.js';
import { PlannedServer, type RunningServer, type ServerOptions } from './server.js';

export interface PrometheusOptions extends ServerOptions {
  configFile: string;
  port?: number;
}

export interface PrometheusServer extends RunningServer {
  readonly port: number;
}

/** Starts a private Prometheus on the given configuration; the address of its Alertmanager stands in that file. */
export async function startPrometheus(options: PrometheusOptions): Promise<PrometheusServer> {
  const port = options.port ?? (await freePort());
  const log = join(options.dir, 'prometheus.log');
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  const server = new PlannedServer({
    name: 'prometheus',
    ports: [port],
    startTimeoutMs: 60_000,
    onSpawn: options.onSpawn,
    logTail: (lines) => tailOf(log, lines),
    isReady: () => answersHttp(`http://127.0.0.1:${port}/-/ready`),
    prepare: () => {
      const programs = programsOf('prometheus');
      return Promise.resolve({
        name: 'prometheus',
        command: programs.server,
        args: [
          `--config.file=${options.configFile}`,
          `--storage.tsdb.path=${join(options.dir, 'data')}`,
          '--storage.tsdb.retention.time=7d',
          '--storage.tsdb.retention.size=512MB',
          `--web.listen-address=127.0.0.1:${port}`,
          ...programs.serverArgs,
          '--web.enable-lifecycle',
          '--enable-feature=exemplar-storage',
          // The first alert is dropped while Alertmanager is not discovered yet; the default sends again after a minute.
          '--rules.alert.resend-delay=10s',
        ],
        env: { ...process.env, ...programs.env },
        cwd: options.dir,
        logFile: log,
        stopTimeoutMs: 15_000,
        reapWithParent: options.reapWithParent ?? true,
      });
    },
  });
  await server.start();
  return Object.assign(server, { port });
}
