import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { tailOf } from './log-tail.js';
import { groupMembers } from './proc.js';
import { forgetGroup, reapWithUs } from './reaper.js';

const LARGEST_LOG_BYTES = 10 * 1024 * 1024;

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Standard output and standard error are appended here. */
  readonly logFile: string;
  /** How long SIGTERM may take before SIGKILL follows. */
  readonly stopTimeoutMs: number;
  /** Kill it when this process ends for any reason. The supervisor says no: its parts outlive its own death. */
  readonly reapWithParent: boolean;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One run of one program in a process group of its own, with its output in a file. */
export class ManagedProcess {
  readonly pid: number;
  /** Resolves when the program has ended and was waited for. */
  readonly exit: Promise<ProcessExit>;
  private ended: ProcessExit | undefined;

  private constructor(
    readonly spec: ProcessSpec,
    private readonly child: ChildProcess,
    pid: number,
  ) {
    this.pid = pid;
    this.exit = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.ended = { code, signal };
        if (spec.reapWithParent) forgetGroup(pid);
        resolve(this.ended);
      });
    });
    if (spec.reapWithParent) reapWithUs(pid);
    child.unref();
  }

  static async spawn(spec: ProcessSpec): Promise<ManagedProcess> {
    mkdirSync(dirname(spec.logFile), { recursive: true, mode: 0o700 });
    putAside(spec.logFile);
    const log = openSync(spec.logFile, 'a', 0o600);
    try {
      // A group of its own: signals reach helpers too, and a Ctrl-C at the terminal does not hit the database.
      const child = spawn(spec.command, spec.args, {
        cwd: spec.cwd,
        env: spec.env,
        detached: true,
        stdio: ['ignore', log, log],
      });
      const managed = child.pid === undefined ? undefined : new ManagedProcess(spec, child, child.pid);
      await new Promise((resolve, reject) => {
        child.once('spawn', resolve);
        child.once('error', (error) => reject(new Error(`cannot run ${spec.command}: ${error.message}`)));
      });
      return managed!;
    } finally {
      closeSync(log);
    }
  }

  get isRunning(): boolean {
    return this.ended === undefined;
  }

  /** How it ended, or nothing while it runs. */
  get exited(): ProcessExit | undefined {
    return this.ended;
  }

  /** SIGTERM to the program, SIGKILL to the group when that takes too long; resolves after the end. */
  async stop(timeoutMs: number = this.spec.stopTimeoutMs): Promise<void> {
    if (!this.isRunning) return;
    // A frozen program would never see the SIGTERM.
    this.signalGroup('SIGCONT');
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signalGroup('SIGKILL'), timeoutMs);
    await this.exit;
    clearTimeout(timer);
    this.signalGroup('SIGKILL');
  }

  /** SIGKILL to the whole group; resolves after the end. */
  async kill(): Promise<void> {
    this.signalGroup('SIGKILL');
    // Who waits for nothing else would end here, before the one that is killed.
    this.child.ref();
    await this.exit;
  }

  signalGroup(signal: NodeJS.Signals): void {
    trySignal(-this.pid, signal);
  }

  /** Pids of the program and of its helpers that are still in its group. */
  members(): number[] {
    return groupMembers(this.pid);
  }

  logTail(lines: number): string {
    return tailOf(this.spec.logFile, lines);
  }

  private signal(signal: NodeJS.Signals): void {
    trySignal(this.pid, signal);
  }
}

/** Keeps one old log when the current one has grown large; a running program cannot be made to change its file. */
function putAside(logFile: string): void {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LARGEST_LOG_BYTES) renameSync(logFile, `${logFile}.1`);
}

function trySignal(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch (error) {
    // Already gone is what a signal wants to achieve.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
