import { fork, type ChildProcess } from 'node:child_process';
import type { ImageLimits } from './image-limits.domain.js';
import type { DecoderAnswer, DecoderRequest, ImageReport, ImageTask } from './image.types.js';
import { DecoderStalledError, ImageError, ImageWorkCancelledError, type ImageErrorCode } from './images.errors.js';
import { usageOf } from './process-usage.js';

/** How often the memory of a busy decoder is looked at: a process fills about 4 MB in a millisecond at most. */
const WATCH_MS = 5;

/** One arena, and pixels in mappings of their own: what is freed then goes back to the system instead of staying scattered. */
const MALLOC = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '1048576', MALLOC_TRIM_THRESHOLD_: '1048576' };

/** How much of what a decoder says on stderr is kept, in characters. */
const LAST_WORDS = 1_000;

/** What runs as a decoder. */
export interface DecoderProgram {
  entry: URL;
  /** Arguments of Node before the entry. */
  execArgv?: readonly string[];
}

/** The decoder ended although nobody here wanted it to. */
export class DecoderDiedError extends Error {}

/** What one run is told to heed and to tell. */
export interface RunOptions {
  limits: ImageLimits;
  signal?: AbortSignal;
  /** From 0 to 1. */
  onProgress?: (fraction: number) => void;
}

interface Current extends RunOptions {
  resolve(report: ImageReport): void;
  reject(error: Error): void;
}

/**
 * A warm child process that decodes, shuffles and encodes one image at a time. Whatever an image does to its decoder happens
 * there: it is killed when it takes too much memory or time, or when the work is cancelled.
 */
export class DecoderProcess {
  private readonly child: ChildProcess;
  private readonly ready: Promise<void>;
  private lastWords = '';
  private current: Current | undefined;
  private runs = 0;
  private ended = false;

  /** @param niceness how much lower its priority is than that of this process, 0 to 19; threads that it starts inherit it */
  constructor(
    { entry, execArgv = [] }: DecoderProgram,
    readonly niceness: number,
  ) {
    this.child = fork(entry, [String(niceness)], {
      execArgv: ['--max-old-space-size=64', '--expose-gc', ...execArgv],
      // Nothing of this process' environment: there are passwords in it.
      env: { VIPS_BLOCK_UNTRUSTED: '1', UV_THREADPOOL_SIZE: '1', ...MALLOC },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Linux may share the processor between sessions first (sched(7), autogroups): one that has a session of its own gets as
      // much as all the rest of the service. Below, niceness counts only among the processes of one session.
      detached: niceness === 0,
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.lastWords = (this.lastWords + text).slice(-LAST_WORDS);
    });
    this.child.on('message', (answer: DecoderAnswer) => this.hear(answer));
    this.child.on('error', (error) => this.end(error));
    this.ready = new Promise((resolve, reject) => {
      let isReady = false;
      this.child.once('message', () => {
        isReady = true;
        resolve();
      });
      // By then all it had to say has been read.
      this.child.once('close', (code, signal) => {
        const how = `${signal ?? `code ${code}`} ${this.lastWords}`.trim();
        if (isReady) return this.end(new DecoderDiedError(`the decoder ended with ${how}`));
        const reason = new Error(`the decoder does not start: ${how}`);
        this.end(reason);
        reject(reason);
      });
    });
    // Without a run nobody waits for it.
    this.ready.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Whether it may get another image: it lives, is not busy, and has not grown or aged. */
  isUsable(maxRuns: number, maxIdleBytes: number): boolean {
    if (this.ended || this.current || this.runs >= maxRuns || this.child.pid === undefined) return false;
    return (usageOf(this.child.pid)?.rssBytes ?? 0) <= maxIdleBytes;
  }

  /**
   * @throws ImageError when the image is at fault or took too much; DecoderDiedError when the decoder was lost for another
   *   reason; DecoderStalledError; ImageWorkCancelledError; Error when the machine is at fault
   */
  async run(task: ImageTask, options: RunOptions): Promise<ImageReport> {
    if (options.signal?.aborted) throw new ImageWorkCancelledError();
    this.runs++;
    const cancel = () => this.kill(new ImageWorkCancelledError());
    options.signal?.addEventListener('abort', cancel, { once: true });
    // From here on, so that one that never gets ready is noticed as well.
    const stopWatching = this.watch(options.limits);
    try {
      return await new Promise<ImageReport>((resolve, reject) => {
        this.current = { ...options, resolve, reject };
        this.ready.then(() => {
          if (this.ended) return reject(new DecoderDiedError('the decoder had ended'));
          const request: DecoderRequest = { task, limits: options.limits };
          this.child.send(request, (error) => error && this.end(new DecoderDiedError(error.message)));
        }, reject);
      });
    } finally {
      this.current = undefined;
      stopWatching();
      options.signal?.removeEventListener('abort', cancel);
    }
  }

  /** Ends the process at once; what it works on fails with `reason`. */
  kill(reason: Error = new ImageWorkCancelledError()): void {
    this.end(reason);
    this.child.kill('SIGKILL');
  }

  /** Resolves when the process is gone: then it writes no more files. */
  async gone(): Promise<void> {
    if (this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null) return;
    await new Promise((resolve) => this.child.once('exit', resolve));
  }

  private end(reason: Error): void {
    this.ended = true;
    this.current?.reject(reason);
  }

  private hear(answer: DecoderAnswer): void {
    switch (answer.kind) {
      case 'ready':
        return;
      case 'progress':
        return this.current?.onProgress?.(answer.fraction);
      case 'done':
        return this.current?.resolve(answer.report);
      case 'refused':
        return this.current?.reject(new ImageError(answer.code as ImageErrorCode, answer.message, answer.details));
      case 'failed':
        return this.current?.reject(new Error(answer.message));
    }
  }

  private watch(limits: ImageLimits): () => void {
    const { pid } = this.child;
    const before = pid === undefined ? undefined : usageOf(pid);
    const startedAt = performance.now();
    const timer = setInterval(() => {
      const now = before && usageOf(pid!);
      if (now && now.rssBytes > limits.memory) this.kill(tooMuchMemory(limits.memory));
      else if (now && now.cpuMs - before.cpuMs > limits.cpuMs) this.kill(tooMuchTime(limits.cpuMs));
      else if (performance.now() - startedAt > limits.wallMs) this.kill(new DecoderStalledError(limits.wallMs));
    }, WATCH_MS);
    return () => clearInterval(timer);
  }
}

function tooMuchMemory(allowed: number): ImageError {
  const allowedMib = Math.round(allowed / 2 ** 20);
  return new ImageError('IMAGES.TOO_MUCH_MEMORY', `decoding the image took more than ${allowedMib} MiB of memory`, {
    allowedBytes: allowed,
  });
}

function tooMuchTime(allowedMs: number): ImageError {
  const seconds = Math.round(allowedMs / 1_000);
  return new ImageError('IMAGES.TOO_MUCH_TIME', `the image took more than ${seconds} s of processor time`, {
    allowedMs,
  });
}
