import { ManagedProcess, type ProcessSpec } from './managed-process.js';
import { isPortFree } from './ports.js';
import { listenerPid } from './sockets.js';
import { ServerStartError, untilReady } from './wait.js';

/** A private server that runs as our child, bound to 127.0.0.1. */
export interface RunningServer {
  readonly name: string;
  readonly pid: number;
  /** Resolves with how the current run ended. */
  readonly exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Starts it again after stop or kill, with the same data and ports. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** SIGKILL to its process group; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: it keeps its connections and answers nothing. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  logTail(lines: number): string;
}

export interface ServerOptions {
  /** Folder for data, log and credentials; created with mode 0700. */
  dir: string;
  /** Kill it when this process ends for any reason (default true). */
  reapWithParent?: boolean;
  /** Called with each process as soon as it exists, long before it is ready. */
  onSpawn?: (pid: number) => void;
}

/** What the kinds of server differ in. */
export interface ServerPlan {
  readonly name: string;
  readonly ports: readonly number[];
  readonly startTimeoutMs: number;
  /** Limit of later starts, when it differs. */
  readonly restartTimeoutMs?: number;
  readonly onSpawn?: ((pid: number) => void) | undefined;
  prepare(): Promise<ProcessSpec>;
  isReady(): Promise<boolean>;
  /** Runs once it is ready, and before its first run after a failure is reported. */
  cleanUp?(): void;
  /** Ends helpers that are processes of their own, such as epmd. */
  stopHelpers?(): Promise<void>;
  logTail(lines: number): string;
}

/** Life cycle that all servers share. */
export class PlannedServer implements RunningServer {
  private process: ManagedProcess | undefined;
  private wasReady = false;

  constructor(private readonly plan: ServerPlan) {}

  get name(): string {
    return this.plan.name;
  }

  get pid(): number {
    return this.current.pid;
  }

  get exit(): ManagedProcess['exit'] {
    return this.current.exit;
  }

  async start(): Promise<void> {
    if (this.process?.isRunning) throw new Error(`${this.name} already runs`);
    await this.refuseTakenPorts();
    const process = await ManagedProcess.spawn(await this.plan.prepare());
    this.process = process;
    this.plan.onSpawn?.(process.pid);
    const { startTimeoutMs, restartTimeoutMs = startTimeoutMs } = this.plan;
    try {
      await untilReady(
        process,
        async () => (await this.plan.isReady()) && this.ownsPorts(process),
        this.wasReady ? restartTimeoutMs : startTimeoutMs,
        () => this.logTail(20),
      );
      this.wasReady = true;
    } catch (error) {
      await this.plan.stopHelpers?.();
      throw error;
    } finally {
      this.plan.cleanUp?.();
    }
  }

  async stop(): Promise<void> {
    await this.process?.stop();
    await this.plan.stopHelpers?.();
  }

  async kill(): Promise<void> {
    await Promise.all([this.process?.kill(), this.plan.stopHelpers?.()]);
  }

  pause(): void {
    this.current.signalGroup('SIGSTOP');
  }

  resume(): void {
    this.current.signalGroup('SIGCONT');
  }

  logTail(lines: number): string {
    return this.plan.logTail(lines);
  }

  private get current(): ManagedProcess {
    if (!this.process) throw new Error(`${this.name} was never started`);
    return this.process;
  }

  private async refuseTakenPorts(): Promise<void> {
    for (const port of this.plan.ports) {
      if (await isPortFree(port)) continue;
      const holder = listenerPid(port);
      const who = holder === undefined ? 'another program' : `process ${holder}`;
      throw new ServerStartError(this.name, `cannot start: ${who} holds 127.0.0.1:${port}`, '');
    }
  }

  /** An answer counts only when it came from our child: a leftover of an earlier run answers as well. */
  private ownsPorts(process: ManagedProcess): boolean {
    const members = process.members();
    return this.plan.ports.every((port) => listenerPid(port, members) !== undefined);
  }
}
