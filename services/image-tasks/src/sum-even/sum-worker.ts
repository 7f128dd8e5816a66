import { getPriority, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { CodedError, messageOf, type WireError } from '#libs/kernel';
import { createKernel } from './kernel.js';
import { sumFileSlice } from './range-reader.js';
import type { PartialSum, SumSlice } from './slices.domain.js';

/** What a thread of the pool is asked. */
export interface SumRequest {
  path: string;
  slice: SumSlice;
  /** One Int32: not 0 when the sum is called off. Read between two pieces, while the thread takes no messages. */
  cancelled: SharedArrayBuffer;
}

/** What it answers: any number of times how far it is, then how it ended. */
export type SumReply = { progress: number } | { result: PartialSum } | { error: WireError } | { failure: string };

/** Bytes between two messages about progress. */
const PROGRESS_STEP = 8 * 1024 * 1024;

/** Somebody waits for an image; a sum of gigabytes takes its time anyway, and has all cores when nobody else wants them. */
const NICENESS = 19;

// Only Linux gives each thread a priority of its own; elsewhere this would slow down the whole process.
if (process.platform === 'linux') setPriority(Math.min(19, getPriority() + NICENESS));

const kernel = createKernel((workerData as { kernel: WebAssembly.Module | undefined }).kernel);
const reply = (message: SumReply) => parentPort!.postMessage(message);

parentPort!.on('message', ({ path, slice, cancelled }: SumRequest) => {
  const flag = new Int32Array(cancelled);
  let told = 0;
  const progress = (bytes: number) => {
    if (bytes - told < PROGRESS_STEP) return;
    told = bytes;
    reply({ progress: bytes });
  };
  try {
    reply({ result: sumFileSlice(path, slice, kernel, { isCancelled: () => Atomics.load(flag, 0) !== 0, progress }) });
  } catch (error) {
    reply(error instanceof CodedError ? { error: error.toWire() } : { failure: messageOf(error) });
  }
});
