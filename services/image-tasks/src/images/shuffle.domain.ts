import type { RandomState } from './random.domain.js';
import { shuffleSwaps, unshuffleSwaps, type SwapBatch } from './swaps.domain.js';

/** Decoded pixels, row by row without gaps; changed in place. */
export interface Pixels {
  data: Uint8Array;
  width: number;
  height: number;
  /** All channels of a pixel together: they move as one, alpha with its colour. */
  bytesPerPixel: number;
}

/** Squares of `block` pixels change places; strips at the right and the bottom that fill no whole square stay. */
export interface BlockShuffle {
  mode: 'blocks';
  block: number;
}
/** Every pixel may go anywhere. */
export interface PixelShuffle {
  mode: 'pixels';
}
/** What changes places. */
export type ShufflePlan = BlockShuffle | PixelShuffle;

type Units = Uint8Array | Uint16Array | Uint32Array;

/** Shuffles the pixels in place. */
export function shuffle(pixels: Pixels, plan: ShufflePlan, state: RandomState): void {
  const { count, apply } = prepare(pixels, plan);
  shuffleSwaps(count, state, apply);
}

/** Undoes {@link shuffle} in place, given the same plan and state. */
export function unshuffle(pixels: Pixels, plan: ShufflePlan, state: RandomState): void {
  const { count, apply } = prepare(pixels, plan);
  unshuffleSwaps(count, state, apply);
}

function prepare(pixels: Pixels, plan: ShufflePlan): { count: number; apply: SwapBatch } {
  const { data, width, height, bytesPerPixel } = pixels;
  const { units, perPixel } = unitsOf(data, bytesPerPixel);
  if (plan.mode === 'pixels') return { count: width * height, apply: pixelSwapper(units, perPixel) };
  const columns = Math.floor(width / plan.block);
  const rows = Math.floor(height / plan.block);
  const block = { rows: plan.block, rowUnits: plan.block * perPixel };
  return { count: columns * rows, apply: blockSwapper(units, width * perPixel, columns, block) };
}

/** Widest units that a pixel divides into and that the memory is aligned for: fewer moves per pixel. */
function unitsOf(data: Uint8Array, bytesPerPixel: number): { units: Units; perPixel: number } {
  const { buffer, byteOffset, length } = data;
  const fits = (bytes: number) => bytesPerPixel % bytes === 0 && byteOffset % bytes === 0;
  if (fits(4)) return { units: new Uint32Array(buffer, byteOffset, length / 4), perPixel: bytesPerPixel / 4 };
  if (fits(2)) return { units: new Uint16Array(buffer, byteOffset, length / 2), perPixel: bytesPerPixel / 2 };
  return { units: data, perPixel: bytesPerPixel };
}

function pixelSwapper(units: Units, perPixel: number): SwapBatch {
  if (perPixel === 1) return (...batch) => swapSingles(units, ...batch);
  if (perPixel === 3) return (...batch) => swapTriples(units, ...batch);
  return (from, step, others, length) => {
    fetch(units, others, length, perPixel);
    for (let k = 0; k < length; k++) swapRuns(units, (from + k * step) * perPixel, others[k]! * perPixel, perPixel);
  };
}

function swapSingles(units: Units, from: number, step: number, others: Uint32Array, length: number): void {
  fetch(units, others, length, 1);
  for (let k = 0, i = from; k < length; k++, i += step) {
    const j = others[k]!;
    const kept = units[i]!;
    units[i] = units[j]!;
    units[j] = kept;
  }
}

function swapTriples(units: Units, from: number, step: number, others: Uint32Array, length: number): void {
  fetch(units, others, length, 3);
  for (let k = 0, i = from * 3; k < length; k++, i += step * 3) {
    const j = others[k]! * 3;
    const [first, second, third] = [units[i]!, units[i + 1]!, units[i + 2]!];
    units[i] = units[j]!;
    units[i + 1] = units[j + 1]!;
    units[i + 2] = units[j + 2]!;
    units[j] = first;
    units[j + 1] = second;
    units[j + 2] = third;
  }
}

/** Takes what was read, so that the reads are not optimised away. */
const fetched = new Uint32Array(1);

/** Reads are independent of each other and overlap; swaps alone would wait for memory one after the other. */
function fetch(units: Units, others: Uint32Array, length: number, perPixel: number): void {
  let seen = 0;
  for (let k = 0; k < length; k++) seen ^= units[others[k]! * perPixel]!;
  fetched[0] = seen;
}

function blockSwapper(
  units: Units,
  stride: number,
  columns: number,
  block: { rows: number; rowUnits: number },
): SwapBatch {
  const cornerOf = (index: number): number =>
    Math.floor(index / columns) * block.rows * stride + (index % columns) * block.rowUnits;
  return (from, step, others, length) => {
    for (let k = 0; k < length; k++) {
      const one = cornerOf(from + k * step);
      const other = cornerOf(others[k]!);
      if (one === other) continue;
      for (let y = 0; y < block.rows; y++) swapRuns(units, one + y * stride, other + y * stride, block.rowUnits);
    }
  };
}

function swapRuns(units: Units, one: number, other: number, length: number): void {
  for (let k = 0; k < length; k++) {
    const kept = units[one + k]!;
    units[one + k] = units[other + k]!;
    units[other + k] = kept;
  }
}
