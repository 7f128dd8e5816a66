import { mkdirSync } from 'node:fs';
import { tailOf } from './log-tail.js';
import { answersHttp } from './probes.js';
import { PlannedServer, type RunningServer } from './server.js';

export interface NodeServiceOptions {
  readonly name: string;
  /** Compiled main script. */
  readonly entry: string;
  readonly cwd: string;
  readonly env: Record<string, string>;
  /** Port with `/health/ready`. */
  readonly internalPort: number;
  /** Further ports it has to listen on before it counts as ready. */
  readonly otherPorts: readonly number[];
  /** Standard output and standard error. */
  readonly outputFile: string;
  readonly reapWithParent: boolean;
  readonly onSpawn?: (pid: number) => void;
}

/** Starts one of our services and waits until it says that it is ready. */
export async function startNodeService(options: NodeServiceOptions): Promise<RunningServer> {
  mkdirSync(options.cwd, { recursive: true, mode: 0o700 });
  const server = new PlannedServer({
    name: options.name,
    ports: [options.internalPort, ...options.otherPorts],
    startTimeoutMs: 60_000,
    // Later it may have to wait for a server that restarts as well; it is not ready then, but there is nothing to gain
    // from killing it.
    restartTimeoutMs: Infinity,
    onSpawn: options.onSpawn,
    logTail: (lines) => tailOf(options.outputFile, lines),
    isReady: () => answersHttp(`http://127.0.0.1:${options.internalPort}/health/ready`),
    prepare: () =>
      Promise.resolve({
        name: options.name,
        command: process.execPath,
        args: ['--enable-source-maps', options.entry],
        env: { ...process.env, ...options.env },
        cwd: options.cwd,
        logFile: options.outputFile,
        stopTimeoutMs: 30_000,
        reapWithParent: options.reapWithParent,
      }),
  });
  await server.start();
  return server;
}
