import type { RunningServer } from '../servers/index.js';
import { signalGroup } from './leftovers.js';
import { RestartPolicy } from './restart-policy.js';
import { isAlive, processId, type PartRecord, type PartState, type ProcessId } from './run-file.js';
import type { SupervisorLevel } from './supervisor-log.js';

export interface PartSpec {
  readonly name: string;
  readonly port: number;
  /** Nothing else waits for it, and its failure does not fail the start. */
  readonly optional: boolean;
  /** First start; resolves when it is ready. */
  launch(onSpawn: (pid: number) => void): Promise<RunningServer>;
}

export interface PartEvents {
  /** Called after every change; `message` is for the log. */
  onChange(part: Part, message: string, level: SupervisorLevel): void;
}

/** One supervised server or service: it is started again when it ends by itself. */
export class Part {
  state: PartState = 'waiting';
  private server: RunningServer | undefined;
  private processes: ProcessId[] = [];
  private restarts = 0;
  private since = new Date();
  private problem: string | undefined;
  private readonly policy = new RestartPolicy();
  private timer: NodeJS.Timeout | undefined;
  private launching: Promise<void> | undefined;

  constructor(
    readonly spec: PartSpec,
    private readonly events: PartEvents,
  ) {}

  get name(): string {
    return this.spec.name;
  }

  get record(): PartRecord {
    return {
      name: this.name,
      state: this.state,
      port: this.spec.port,
      processes: this.processes,
      restarts: this.restarts,
      since: this.since.toISOString(),
      ...(this.problem !== undefined && { problem: this.problem }),
    };
  }

  /** First start. An optional part that fails is tried again later; any other failure is thrown. */
  async start(): Promise<void> {
    // Somebody asked to stop before its turn came.
    if (this.state !== 'waiting') return;
    this.become('starting', `${this.name} starts`);
    try {
      await this.launch();
    } catch (error) {
      if (this.isStopping) return;
      this.problem = messageOf(error);
      if (!this.spec.optional) {
        this.become('failed', `${this.name} did not start`, 'error');
        throw error;
      }
      this.scheduleRestart(0);
    }
  }

  /** Starts it again on request, also when it had given up. */
  async restart(): Promise<void> {
    this.policy.reset();
    clearTimeout(this.timer);
    const server = this.server;
    this.become('restarting', `${this.name} restarts on request`);
    // The watcher sees the state and leaves the end of the old run to us.
    await server?.stop();
    this.restarts += 1;
    await this.relaunch();
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    if (this.isStopping) return;
    this.become('stopping', `${this.name} stops`);
    if (this.launching) {
      this.processes.forEach((process) => signalGroup(process, 'SIGTERM'));
      // Whether it still became ready or not shows in `server`.
      await this.launching.catch(() => {});
    }
    await this.server?.stop();
    this.processes = this.processes.filter(isAlive);
    this.become('stopped', `${this.name} stopped`);
  }

  private get isStopping(): boolean {
    return this.state === 'stopping' || this.state === 'stopped';
  }

  private launch(): Promise<void> {
    this.launching = this.launchServer().finally(() => (this.launching = undefined));
    return this.launching;
  }

  private async launchServer(): Promise<void> {
    if (this.server) await this.server.start();
    else this.server = await this.spec.launch((pid) => this.remember(pid));
    if (this.isStopping) return;
    const readyAt = Date.now();
    void this.server.exit.then(({ code, signal }) => {
      if (this.state !== 'ready') return;
      this.problem = `ended with ${signal ?? `code ${code}`}`;
      this.scheduleRestart(Date.now() - readyAt);
    });
    this.problem = undefined;
    this.become('ready', `${this.name} is ready`);
  }

  private async relaunch(): Promise<void> {
    try {
      await this.launch();
    } catch (error) {
      if (this.isStopping) return;
      this.problem = messageOf(error);
      this.scheduleRestart(0);
    }
  }

  private scheduleRestart(ranMs: number): void {
    const decision = this.policy.onEnd(Date.now(), ranMs);
    if (decision.action === 'give-up') {
      this.become('failed', `${this.name} gave up after five ends within a minute; ${this.problem}`, 'error');
      return;
    }
    const plan = `starts again in ${decision.delayMs} ms`;
    this.become('restarting', `${this.name}: ${this.problem}; ${plan}`, 'warn');
    this.timer = setTimeout(() => {
      this.restarts += 1;
      void this.relaunch();
    }, decision.delayMs);
  }

  private remember(pid: number): void {
    this.processes = [...this.processes.filter(isAlive), processId(pid)];
    this.events.onChange(this, `${this.name} runs as process ${pid}`, 'info');
  }

  private become(state: PartState, message: string, level: SupervisorLevel = 'info'): void {
    this.state = state;
    this.since = new Date();
    this.events.onChange(this, message, level);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
