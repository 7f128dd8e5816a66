import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compileKernel, createKernel, type Kernel } from './kernel.js';
import { SliceSum } from './slice-sum.js';
import { EMPTY_SUM, mergeSums, type PartialSum, type SumSlice } from './slices.domain.js';

/** In each of the tests below; `MIRANTE_TEST_SUM_CASES=40000` for all there ever were. */
const CASES = Number(process.env['MIRANTE_TEST_SUM_CASES'] ?? 2_000);
const SEED = 20_261_121;

/** Cases per test. */
const BATCH = 10_000;

/** For machines with much else to do. */
const TIMEOUT_MS = 60_000;

/** xorshift32: the same numbers on every machine. */
function seeded(seed: number): (below: number) => number {
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function digits(random: (below: number) => number, length: number): string {
  return Array.from({ length }, () => random(10)).join('');
}

const CLEAN = [
  (random: (below: number) => number) => String(random(10)),
  (random: (below: number) => number) => digits(random, 1 + random(9)),
  (random: (below: number) => number) => `-${digits(random, 1 + random(12))}`,
  (random: (below: number) => number) => digits(random, 15 + random(8)),
];
const ANY = [
  ...CLEAN,
  (random: (below: number) => number) => `+${digits(random, 1 + random(6))}`,
  (random: (below: number) => number) => `000${random(100)}`,
  (random: (below: number) => number) => digits(random, 1 + random(130)),
  (random: (below: number) => number) => `-${digits(random, 60 + random(10))}`,
  ...['-0', '+0', '3.14', '1e5', '--4', '-+4', '5-6', '6-', 'abc', '\u00c3\u00a9', '-', '+', '12x', 'x12', '0x10'].map(
    (token) => () => token,
  ),
  ...['\0', '1_000', '\u00ef\u00bb\u00bf12', '\u00ef\u00bb', '\u00a0', '\v7', '8\f', '/', ':', '0:', '\u00b2'].map(
    (token) => () => token,
  ),
];
const SEPARATORS = ['\n', '\n', '\r\n', ' ', '\t', ',', ';', ',;', '\n\n', ' '.repeat(70)];

function textOf(random: (below: number) => number, tokens: number): Buffer {
  const kinds = random(2) === 0 ? CLEAN : ANY;
  let text = random(8) === 0 ? '\u00ef\u00bb\u00bf' : '';
  if (random(8) === 0) text += SEPARATORS[random(SEPARATORS.length)]!;
  for (let count = random(tokens); count > 0; count--) {
    text += kinds[random(kinds.length)]!(random) + SEPARATORS[random(SEPARATORS.length)]!;
  }
  if (random(2) === 0) text += kinds[random(kinds.length)]!(random);
  return Buffer.from(text, 'latin1');
}

/** What the grammar says, in the plainest words. */
function reference(bytes: Buffer): Omit<PartialSum, 'first_malformed'> & { offsets: number[] } {
  const mark = bytes.subarray(0, 3).toString('latin1') === '\u00ef\u00bb\u00bf' ? 3 : 0;
  let sum = 0n;
  const result = {
    sum: '',
    count: 0,
    even_count: 0,
    malformed: 0,
    bytes: bytes.length,
    crc32: crc32(bytes),
    offsets: [] as number[],
  };
  for (const { 0: token, index } of bytes
    .toString('latin1')
    .slice(mark)
    .matchAll(/[^\t\n\r ,;]+/g)) {
    if (!/^[+-]?[0-9]+$/.test(token)) {
      if (++result.malformed <= 10) result.offsets.push(mark + index);
      continue;
    }
    result.count++;
    const value = BigInt(token.replace('+', ''));
    if (value % 2n !== 0n) continue;
    result.even_count++;
    sum += value;
  }
  return { ...result, sum: sum.toString() };
}

function sumOf(kernel: Kernel, bytes: Buffer, slice: SumSlice, chunk: number): PartialSum {
  const sut = new SliceSum(kernel, slice);
  for (let at = sut.position; !sut.isDone; at += chunk) {
    if (at >= bytes.length) throw new Error(`wants more than there is: ${JSON.stringify(slice)}`);
    sut.push(bytes.subarray(at, at + chunk));
  }
  return sut.result();
}

const whole = (bytes: Buffer): SumSlice => ({ start: 0, end: bytes.length, size: bytes.length });

const comparable = ({ first_malformed, ...rest }: PartialSum) => ({
  ...rest,
  offsets: first_malformed.map(({ offset }) => offset),
});

const module = compileKernel();
const KERNELS = [
  ['the kernel', createKernel(module)],
  ['the fallback', createKernel(undefined)],
] as const;

describe.each(KERNELS)('sum of random texts with %s', { timeout: TIMEOUT_MS }, (_, kernel) => {
  it.each(Array.from({ length: Math.ceil(CASES / BATCH) }, (_, batch) => batch * BATCH))(
    'should be that of the reference in pieces of 1 to 200 bytes, cases from %i on',
    (first) => {
      for (let index = first; index < Math.min(first + BATCH, CASES); index++) {
        const bytes = textOf(seeded(SEED + index), 40);
        const found = comparable(sumOf(kernel, bytes, whole(bytes), 1 + (index % 200)));
        const expected = reference(bytes);
        if (JSON.stringify(found) !== JSON.stringify(expected)) {
          expect({ index, found }, `case ${index}: ${JSON.stringify(bytes.toString('latin1'))}`).toEqual({
            index,
            found: expected,
          });
        }
      }
    },
  );

  it('should be that of the reference when one text is cut into pieces of every size', () => {
    for (let size = 1; size <= 200; size++) {
      const bytes = textOf(seeded(SEED - size), 400);

      expect(comparable(sumOf(kernel, bytes, whole(bytes), size)), `pieces of ${size}`).toEqual(reference(bytes));
    }
  });

  it('should be that of the reference when cut into two slices anywhere', () => {
    for (let index = 0; index < 60; index++) {
      const bytes = textOf(seeded(SEED + CASES + index), 12);
      const expected = reference(bytes);
      for (let cut = 0; cut <= bytes.length; cut++) {
        const parts = [
          { start: 0, end: cut, size: bytes.length },
          { start: cut, end: bytes.length, size: bytes.length },
        ].map((slice) => sumOf(kernel, bytes, slice, 1 + (cut % 90)));

        expect(comparable(parts.reduce(mergeSums)), `case ${index} cut at ${cut}`).toEqual(expected);
      }
    }
  });

  it('should be that of the reference when tokens span several slices of any size, merged in any order', () => {
    for (let index = 0; index < 600; index++) {
      const random = seeded(SEED + 2 * CASES + index);
      const bytes = textOf(random, 30);
      const size = 1 + (index % 40);
      let total = EMPTY_SUM;
      for (let start = 0; start < bytes.length; start += size) {
        const slice = { start, end: Math.min(start + size, bytes.length), size: bytes.length };
        const part = sumOf(kernel, bytes, slice, 1 + random(200));
        total = random(2) === 0 ? mergeSums(total, part) : mergeSums(part, total);
      }

      expect(comparable(total), `case ${index} in slices of ${size}`).toEqual(reference(bytes));
    }
  });
});

it('should test the kernel and not the fallback twice', () => {
  expect(module).toBeDefined();
});
