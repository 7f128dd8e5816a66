import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { eventually } from './eventually.js';

/** One ECS log line of a service. */
export type LogLine = Record<string, unknown>;

/** A process to start, and how to see that it is ready. */
export interface ServiceProcessOptions {
  /** Script to run, such as `dist/services/analytics/src/main.js`. */
  entry: string;
  args?: string[];
  /** Added to PATH and HOME of this process; nothing else is inherited, so a test sees no settings of the machine. */
  env: Record<string, string>;
  /** Polled until it answers 200, such as `http://127.0.0.1:PORT/health/ready`. */
  readyUrl: string;
  /** Default 30000. */
  startTimeoutMs?: number;
}

/** A service that runs as a child process of the test. */
export interface ServiceProcess {
  readonly pid: number;
  /** JSON lines the service has printed, over all its runs. */
  readonly logs: readonly LogLine[];
  /** Everything else it printed. */
  readonly output: readonly string[];
  /** SIGTERM; resolves with the exit code. */
  stop(timeoutMs?: number): Promise<number | null>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts it again and waits until it is ready. */
  restart(): Promise<void>;
  /** Sends any other signal, such as SIGSTOP. */
  signal(name: NodeJS.Signals): void;
}

/** Runs a built service as a process of its own and waits until it says it is ready. */
export async function startServiceProcess(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const sut = new SpawnedService(options);
  await sut.restart();
  return sut;
}

const children = new Set<ChildProcess>();
process.once('exit', () => children.forEach((child) => child.kill('SIGKILL')));

class SpawnedService implements ServiceProcess {
  readonly logs: LogLine[] = [];
  readonly output: string[] = [];
  private child: ChildProcess | undefined;

  constructor(private readonly options: ServiceProcessOptions) {}

  get pid(): number {
    return this.current.pid!;
  }

  async restart(): Promise<void> {
    const { entry, args = [], env, readyUrl, startTimeoutMs = 30_000 } = this.options;
    if (this.child) await this.kill();
    const child = spawn(process.execPath, ['--enable-source-maps', entry, ...args], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    children.add(child);
    child.once('exit', () => children.delete(child));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.collect(line));
    }
    const readyOrEnded = async () => hasEnded(child) || (await isOk(readyUrl));
    await eventually(readyOrEnded, { timeoutMs: startTimeoutMs }).catch(async (error: unknown) => {
      await this.kill();
      throw error;
    });
    if (hasEnded(child)) {
      const tail = [...this.logs.map((line) => JSON.stringify(line)), ...this.output].slice(-20).join('\n');
      throw new Error(`${entry} ended with ${child.signalCode ?? child.exitCode} while starting:\n${tail}`);
    }
  }

  async stop(timeoutMs: number = 30_000): Promise<number | null> {
    const child = this.current;
    if (hasEnded(child)) return child.exitCode;
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    await once(child, 'exit');
    clearTimeout(timer);
    return child.exitCode;
  }

  async kill(): Promise<void> {
    const child = this.current;
    if (hasEnded(child)) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  signal(name: NodeJS.Signals): void {
    this.current.kill(name);
  }

  private get current(): ChildProcess {
    if (!this.child) throw new Error('the service was never started');
    return this.child;
  }

  private collect(line: string): void {
    try {
      this.logs.push(JSON.parse(line) as LogLine);
    } catch {
      this.output.push(line);
    }
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function isOk(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
