import { MALFORMED_KEPT, type MalformedToken } from './grammar.domain.js';
import { InputChangedError, StrictInputError } from './sum-even.errors.js';

/** Bytes per slice: some 25 ms of work, so that no neighbour waits long. */
export const SLICE_BYTES = 64 * 1024 * 1024;

/** The part of a file whose tokens one worker adds up: those that START in [start, end). */
export type SumSlice = {
  start: number;
  end: number;
  /** Of the whole file, which must not change. */
  size: number;
};

/** Result of one slice or of several; as JSON a checkpoint. */
export type PartialSum = {
  /** Exact, as decimal digits with a minus sign if negative. */
  sum: string;
  count: number;
  even_count: number;
  malformed: number;
  /** The first ones by their place in the file. */
  first_malformed: { offset: number; text: string }[];
  /** Length of the slices. */
  bytes: number;
  /** What the slices add to the CRC-32 of the file: shows that the bytes summed are those that were accepted. */
  crc32: number;
};

/** The answer: the sum of a whole file. */
export type EvenSum = Omit<PartialSum, 'crc32'>;

export const EMPTY_SUM: PartialSum = {
  sum: '0',
  count: 0,
  even_count: 0,
  malformed: 0,
  first_malformed: [],
  bytes: 0,
  crc32: 0,
};

/** Slices that cover a file without gaps; an empty file has one too. */
export function cutSlices(size: number, sliceBytes: number = SLICE_BYTES): SumSlice[] {
  const slices = Math.max(1, Math.ceil(size / sliceBytes));
  return Array.from({ length: slices }, (_, index) => ({
    start: index * sliceBytes,
    end: Math.min(size, (index + 1) * sliceBytes),
    size,
  }));
}

/** Associative and commutative; {@link EMPTY_SUM} changes nothing. */
export function mergeSums(a: PartialSum, b: PartialSum): PartialSum {
  return {
    sum: (BigInt(a.sum) + BigInt(b.sum)).toString(),
    count: a.count + b.count,
    even_count: a.even_count + b.even_count,
    malformed: a.malformed + b.malformed,
    first_malformed: firstOf([...a.first_malformed, ...b.first_malformed]),
    bytes: a.bytes + b.bytes,
    crc32: (a.crc32 ^ b.crc32) >>> 0,
  };
}

/**
 * The sum of a whole file from those of its slices.
 *
 * @param input what was accepted
 * @throws InputChangedError when the slices do not make up the file; StrictInputError when `strict` and a token is malformed
 */
export function finishSum(
  partials: readonly PartialSum[],
  input: { size: number; crc32: number; strict: boolean },
): EvenSum {
  const { crc32, ...total } = partials.reduce(mergeSums, EMPTY_SUM);
  if (total.bytes !== input.size) throw InputChangedError.ofSize(total.bytes, input.size);
  if (crc32 !== input.crc32) throw InputChangedError.ofContent(crc32, input.crc32);
  if (input.strict) assertWellFormed(total);
  return total;
}

/** @throws StrictInputError when a token is malformed */
function assertWellFormed(sum: EvenSum): void {
  const [first] = sum.first_malformed;
  if (first) throw new StrictInputError(first, sum.malformed);
}

function firstOf(tokens: MalformedToken[]): MalformedToken[] {
  return tokens.toSorted((a, b) => a.offset - b.offset).slice(0, MALFORMED_KEPT);
}
