import { Worker } from 'node:worker_threads';
import { fromWire } from '#libs/kernel';
import { compileKernel } from './kernel.js';
import type { PartialSum, SumSlice } from './slices.domain.js';
import { SumCancelledError, SumWorkerLostError } from './sum-even.errors.js';
import type { SumReply, SumRequest } from './sum-worker.js';

/** A slice of a local file to be added up. */
export interface SumTask {
  path: string;
  slice: SumSlice;
  signal?: AbortSignal;
  /** Bytes of the slice that are done, now and then. */
  progress?: (bytes: number) => void;
}

interface Waiting {
  task: SumTask;
  resolve(result: PartialSum): void;
  reject(error: unknown): void;
}

interface Running extends Waiting {
  /** Stops listening to the signal of the task. */
  leave(): void;
}

/** Little JavaScript runs in a thread; its buffers lie outside of the heap. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 };

/**
 * Threads that add up slices, so that the event loop stays free. They start when needed and stay; the compiled kernel is
 * shared. A thread that dies fails its slice and is replaced.
 */
export class SumPool {
  private readonly kernel = compileKernel();
  private readonly idle: Worker[] = [];
  /** All threads, with what each is doing. */
  private readonly threads = new Map<Worker, Running | undefined>();
  private readonly waiting: Waiting[] = [];
  private isClosed = false;

  /** @param size most slices that run at the same time */
  constructor(
    private readonly size: number,
    private readonly entry: URL = new URL('./sum-worker.js', import.meta.url),
  ) {}

  /** Whether the fast kernel is in use. */
  get isAccelerated(): boolean {
    return this.kernel !== undefined;
  }

  /**
   * @throws InputChangedError, SumCancelledError when the signal aborts or the pool closes, SumWorkerLostError when the
   * thread dies; other errors are those of the file system
   */
  sum(task: SumTask): Promise<PartialSum> {
    if (this.isClosed || task.signal?.aborted) return Promise.reject(new SumCancelledError());
    return new Promise((resolve, reject) => {
      this.waiting.push({ task, resolve, reject });
      this.startNext();
    });
  }

  /** Calls everything off and ends the threads. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const { reject } of this.waiting.splice(0)) reject(new SumCancelledError());
    await Promise.all([...this.threads.keys()].map((thread) => thread.terminate()));
  }

  private startNext(): void {
    while (this.waiting.length > 0) {
      const thread = this.idle.pop() ?? this.grow();
      if (!thread) return;
      this.start(thread, this.waiting.shift()!);
    }
  }

  private grow(): Worker | undefined {
    if (this.threads.size >= this.size) return undefined;
    const thread = new Worker(this.entry, {
      workerData: { kernel: this.kernel },
      resourceLimits: RESOURCE_LIMITS,
      execArgv: [],
    });
    this.threads.set(thread, undefined);
    thread.on('message', (reply: SumReply) => this.receive(thread, reply));
    thread.on('error', (error) => this.lose(thread, error));
    thread.on('exit', (code) => this.lose(thread, new Error(`exit code ${code}`)));
    return thread;
  }

  private start(thread: Worker, waiting: Waiting): void {
    const { path, slice, signal } = waiting.task;
    const cancelled = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const cancel = () => Atomics.store(new Int32Array(cancelled), 0, 1);
    if (signal?.aborted) cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    this.threads.set(thread, { ...waiting, leave: () => signal?.removeEventListener('abort', cancel) });
    thread.ref();
    thread.postMessage({ path, slice, cancelled } satisfies SumRequest);
  }

  private receive(thread: Worker, reply: SumReply): void {
    const running = this.threads.get(thread);
    if (!running) return;
    if ('progress' in reply) return running.task.progress?.(reply.progress);
    running.leave();
    this.threads.set(thread, undefined);
    // A thread without work keeps no process alive.
    thread.unref();
    this.idle.push(thread);
    this.startNext();
    if ('result' in reply) running.resolve(reply.result);
    else running.reject('error' in reply ? fromWire(reply.error) : new Error(reply.failure));
  }

  private lose(thread: Worker, cause: unknown): void {
    const running = this.threads.get(thread);
    this.threads.delete(thread);
    const place = this.idle.indexOf(thread);
    if (place !== -1) this.idle.splice(place, 1);
    running?.leave();
    running?.reject(this.isClosed ? new SumCancelledError() : new SumWorkerLostError(cause));
    this.startNext();
  }
}
