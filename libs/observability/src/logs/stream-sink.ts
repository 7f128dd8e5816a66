import { writeSync } from 'node:fs';
import { sleep } from '#libs/kernel';
import type { LineSink } from './log-writer.js';

const RETRY_MS = 5;
/** How long the last moments of a process may wait for whoever reads the pipe, in milliseconds. */
const PATIENCE_MS = 2_000;

/**
 * Writes to an open descriptor, as stdout. `process.stdout` would keep lines in memory and lose them at exit when it is a
 * pipe; here each write is done when it returns, and a full pipe is waited for.
 */
export class StreamSink implements LineSink {
  readonly #descriptor: number;
  #chunk: Buffer | undefined;
  #written = 0;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  async write(chunk: Buffer): Promise<void> {
    while (!this.#advance(chunk)) await sleep(RETRY_MS);
  }

  writeSync(chunk: Buffer): void {
    const deadline = Date.now() + PATIENCE_MS;
    const nobody = new Int32Array(new SharedArrayBuffer(4));
    while (!this.#advance(chunk)) {
      if (Date.now() > deadline) throw Object.assign(new Error('the reader does not read'), { code: 'EAGAIN' });
      Atomics.wait(nobody, 0, 0, RETRY_MS);
    }
  }

  close(): void {
    // The descriptor belongs to the process.
  }

  /** Writes what the pipe takes now. @returns true when the chunk is out */
  #advance(chunk: Buffer): boolean {
    if (this.#chunk !== chunk) {
      this.#chunk = chunk;
      this.#written = 0;
    }
    try {
      while (this.#written < chunk.length) this.#written += writeSync(this.#descriptor, chunk, this.#written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
      throw error;
    }
    return true;
  }
}
