import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Kernel } from './kernel.js';
import { SliceSum } from './slice-sum.js';
import type { PartialSum, SumSlice } from './slices.domain.js';
import { InputChangedError, SumCancelledError } from './sum-even.errors.js';

/** Watches one slice being read. */
export interface SliceWatch {
  isCancelled(): boolean;
  /** Bytes of the slice that are done. */
  progress(bytes: number): void;
}

/**
 * Adds up a slice of a local file; blocks its thread.
 *
 * @throws InputChangedError when the file is not as long as the slice says or is written to meanwhile
 */
export function sumFileSlice(path: string, slice: SumSlice, kernel: Kernel, watch: SliceWatch): PartialSum {
  const file = openSync(path, 'r');
  try {
    const before = fstatSync(file, { bigint: true });
    if (before.size !== BigInt(slice.size)) throw InputChangedError.ofSize(Number(before.size), slice.size);
    const sum = new SliceSum(kernel, slice);
    while (!sum.isDone) {
      if (watch.isCancelled()) throw new SumCancelledError();
      const room = sum.room();
      const length = readSync(file, room, 0, room.length, sum.position);
      if (length === 0) throw InputChangedError.ofSize(sum.position, slice.size);
      sum.commit(length);
      watch.progress(doneBytes(sum, slice));
    }
    const after = fstatSync(file, { bigint: true });
    if (after.size !== before.size) throw InputChangedError.ofSize(Number(after.size), slice.size);
    return sum.result();
  } finally {
    closeSync(file);
  }
}

/**
 * Adds up a slice of a file that only comes as a stream. The work on a piece is shorter than handing it to a thread.
 *
 * @param open reads the file from a byte offset on; closed as soon as the slice is done
 * @throws InputChangedError when the file ends early
 */
export async function sumStreamSlice(
  open: (start: number) => Readable,
  slice: SumSlice,
  kernel: Kernel,
  watch: SliceWatch,
): Promise<PartialSum> {
  const sum = new SliceSum(kernel, slice);
  if (sum.isDone) return sum.result();
  const stream = open(sum.position);
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      if (watch.isCancelled()) throw new SumCancelledError();
      sum.push(chunk);
      watch.progress(doneBytes(sum, slice));
      if (sum.isDone) return sum.result();
    }
  } finally {
    stream.destroy();
  }
  throw InputChangedError.ofSize(sum.position, slice.size);
}

function doneBytes(sum: SliceSum, { start, end }: SumSlice): number {
  return Math.max(0, Math.min(sum.position, end) - start);
}
