import { QUARTER_MS } from '../codes.domain.js';
import type { BoundedRange } from './range.domain.js';

/** How the counts of some adjoining pieces of time are read: mostly from 15-minute buckets, else from facts. */
export interface BucketPlan {
  /** Buckets [from, to), without `dirty`; undefined when there are none. */
  buckets: BoundedRange | undefined;
  /** Buckets that a cut runs through; `facts` covers them instead. */
  dirty: number[];
  /** Oldest first. */
  facts: BoundedRange[];
  /** Every cell `(bucket - origin) DIV size` lies within one piece. */
  origin: number;
  size: number;
}

/** Beyond this many cut buckets the zone is far from any 15-minute grid, as some were before 1972. */
const MAX_DIRTY = 200;

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/**
 * Plans the reading of pieces that follow each other without gaps.
 *
 * @param factsOnly for pieces whose meaning changes within a bucket
 */
export function planBuckets(pieces: readonly BoundedRange[], factsOnly: boolean = false): BucketPlan {
  const first = pieces[0];
  const last = pieces.at(-1);
  if (first === undefined || last === undefined) {
    return { buckets: undefined, dirty: [], facts: [], origin: 0, size: 1 };
  }
  const whole = { from: first.from, to: last.to };
  const cuts = [...pieces.map(({ from }) => from), last.to];
  const dirty = new Set<number>();
  for (const cut of cuts) if (cut % QUARTER_MS !== 0) dirty.add(Math.floor(cut / QUARTER_MS));
  if (factsOnly || dirty.size > MAX_DIRTY) {
    return { buckets: undefined, dirty: [], facts: [whole], origin: 0, size: 1 };
  }
  const edges = cuts.map((cut) => Math.floor(cut / QUARTER_MS));
  for (const bucket of dirty) edges.push(bucket + 1);
  const origin = Math.floor(whole.from / QUARTER_MS);
  const size = edges.reduce((divisor, edge) => greatestCommonDivisor(divisor, edge - origin), 0) || 1;
  const from = Math.ceil(whole.from / QUARTER_MS);
  const to = Math.floor(whole.to / QUARTER_MS);
  const sorted = [...dirty].sort((a, b) => a - b);
  return {
    buckets: from < to ? { from, to } : undefined,
    dirty: sorted.filter((bucket) => bucket >= from && bucket < to),
    facts: factRanges(whole, sorted),
    origin,
    size,
  };
}

/** The cut buckets as ranges, clipped to the whole and joined where they adjoin. */
function factRanges(whole: BoundedRange, dirty: readonly number[]): BoundedRange[] {
  const ranges: BoundedRange[] = [];
  for (const bucket of dirty) {
    const from = Math.max(bucket * QUARTER_MS, whole.from);
    const to = Math.min((bucket + 1) * QUARTER_MS, whole.to);
    const before = ranges.at(-1);
    if (from >= to) continue;
    if (before?.to === from) before.to = to;
    else ranges.push({ from, to });
  }
  return ranges;
}

/** The piece that holds an instant of the whole. */
export function pieceAt<T extends BoundedRange>(pieces: readonly T[], instant: number): T {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pieces[middle]!.from <= instant) low = middle;
    else high = middle - 1;
  }
  return pieces[low]!;
}
