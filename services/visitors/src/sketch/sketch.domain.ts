import { MAX_SKETCH_RANK, RANK_RADIX, SKETCH_PRECISION } from '#libs/contracts';

const REGISTERS = 2 ** SKETCH_PRECISION;

/** Standard error of an estimate in percent: 1.04 / sqrt(registers). */
export const ERROR_PCT = 104 / Math.sqrt(REGISTERS);

/** HyperLogLog (Flajolet et al. 2007): one byte per register, each the highest rank it has seen. */
export type Sketch = Uint8Array;

export function emptySketch(): Sketch {
  return new Uint8Array(REGISTERS);
}

/** Puts in what visitors do to the registers, as an event carries it. Anything that is no register is left out. */
export function addValues(sketch: Sketch, values: Iterable<number>): void {
  for (const value of values) {
    const index = Math.floor(value / RANK_RADIX);
    const rank = value % RANK_RADIX;
    if (index < REGISTERS && rank <= MAX_SKETCH_RANK && rank > sketch[index]!) sketch[index] = rank;
  }
}

/** Afterwards `into` has seen what either has seen. */
export function mergeSketch(into: Sketch, other: Sketch): void {
  for (let index = 0; index < REGISTERS; index++) {
    if (other[index]! > into[index]!) into[index] = other[index]!;
  }
}

/**
 * How many different things a sketch has seen: the improved raw estimator of Otmar Ertl, "New cardinality estimation
 * algorithms for HyperLogLog sketches" (arXiv 1702.01284), algorithm 6. It is right over the whole range, so it needs
 * neither linear counting for small numbers nor tables of corrections.
 */
export function estimate(sketch: Sketch): number {
  const seen = new Float64Array(MAX_SKETCH_RANK + 1);
  for (const rank of sketch) seen[rank]!++;
  let z = REGISTERS * tau(1 - seen[MAX_SKETCH_RANK]! / REGISTERS);
  for (let rank = MAX_SKETCH_RANK - 1; rank >= 1; rank--) z = 0.5 * (z + seen[rank]!);
  z += REGISTERS * sigma(seen[0]! / REGISTERS);
  return (REGISTERS * REGISTERS) / (2 * Math.LN2 * z);
}

function sigma(x: number): number {
  if (x === 1) return Infinity;
  let power = x;
  let weight = 1;
  let sum = x;
  for (;;) {
    power *= power;
    const before = sum;
    sum += power * weight;
    weight += weight;
    if (sum === before) return sum;
  }
}

function tau(x: number): number {
  if (x === 0 || x === 1) return 0;
  let root = x;
  let weight = 1;
  let sum = 1 - x;
  for (;;) {
    root = Math.sqrt(root);
    const before = sum;
    weight *= 0.5;
    sum -= (1 - root) ** 2 * weight;
    if (sum === before) return sum / 3;
  }
}
