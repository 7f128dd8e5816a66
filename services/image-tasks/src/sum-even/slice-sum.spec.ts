import { crc32 } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { MALFORMED_KEPT, MAX_TOKEN_BYTES } from './grammar.domain.js';
import { compileKernel, createKernel, type Kernel } from './kernel.js';
import { SliceSum } from './slice-sum.js';
import { cutSlices, mergeSums, type PartialSum, type SumSlice } from './slices.domain.js';

const MARK = '\u00ef\u00bb\u00bf';

describe.each([
  ['the kernel', compileKernel()],
  ['the fallback', undefined],
])('SliceSum with %s', (_, module) => {
  let kernel: Kernel;

  beforeEach(() => {
    kernel = createKernel(module);
  });

  function sumOf(text: string | Buffer, part: Partial<SumSlice> = {}, chunk = 1 << 20): PartialSum {
    const bytes = Buffer.from(text as string, 'latin1');
    const sut = new SliceSum(kernel, { start: 0, end: bytes.length, size: bytes.length, ...part });
    for (let at = sut.position; !sut.isDone; at += chunk) sut.push(bytes.subarray(at, at + chunk));
    return sut.result();
  }

  const sums: [string, string, Partial<PartialSum>][] = [
    ['nothing', '', { sum: '0', count: 0, even_count: 0, malformed: 0 }],
    ['separators only', ' \t\r\n,;', { sum: '0', count: 0, malformed: 0 }],
    ['a byte order mark only', MARK, { sum: '0', count: 0, malformed: 0, bytes: 3 }],
    ['a number without separator', '8', { sum: '8', count: 1, even_count: 1 }],
    ['every separator', '2\t4\n6\r8 10,12;14', { sum: '56', count: 7 }],
    ['signs', '-2\n+4\n-6\n-7', { sum: '-4', count: 4, even_count: 3 }],
    ['zero with a sign', '-0\n+0', { sum: '0', count: 2, even_count: 2 }],
    ['leading zeros', '0008\n-0002', { sum: '6', count: 2 }],
    ['lines of Windows', '2\r\n4\r\n', { sum: '6', count: 2 }],
    ['a mark before the first number', `${MARK}12\n`, { sum: '12', count: 1, malformed: 0 }],
    ['a double beyond 2^53', '9007199254740992\n2\n', { sum: '9007199254740994' }],
    ['64 bits exceeded', '9223372036854775806\n9223372036854775806\n', { sum: '18446744073709551612' }],
    ['130 digits', `${'9'.repeat(129)}8\n2`, { sum: `1${'0'.repeat(130)}` }],
    ['130 digits below zero', `-${'9'.repeat(129)}8\n-2`, { sum: `-1${'0'.repeat(130)}` }],
    ['a difference of long numbers', `${'9'.repeat(129)}8\n-1${'0'.repeat(130)}`, { sum: '-2' }],
  ];

  it.each(sums)('should add up %s', (_name, text, expected) => {
    expect(sumOf(text)).toMatchObject(expected);
  });

  it.each([
    '3.14',
    '1e5',
    '0x10',
    '12x',
    'x12',
    '1_000',
    '--4',
    '5-6',
    '6-',
    '-',
    '+',
    '+-4',
    '\0',
    '\u00a02',
    `${MARK}2`,
  ])('should count %j behind another token as malformed', (token) => {
    expect(sumOf(`4 ${token} 6`)).toMatchObject({
      sum: '10',
      count: 2,
      malformed: 1,
      first_malformed: [{ offset: 2 }],
    });
  });

  it('should report the first malformed tokens with their byte offsets, shortened', () => {
    const long = 'x'.repeat(100);
    const { malformed, first_malformed: first } = sumOf(`\u00c3\u00a9\n${long}\n\0\u001b\n${'bad '.repeat(20)}`, {}, 7);

    expect(malformed).toBe(23);
    expect(first).toHaveLength(MALFORMED_KEPT);
    expect(first.slice(0, 4)).toEqual([
      { offset: 0, text: 'é' },
      { offset: 3, text: `${'x'.repeat(32)}…` },
      { offset: 104, text: '\\u{0}\\u{1b}' },
      { offset: 107, text: 'bad' },
    ]);
  });

  it.each([1, 1000, 1 << 20])(
    'should take the longest number and refuse a longer one, in pieces of %i bytes',
    (chunk) => {
      // Piece by piece, one byte at a time would take a minute for this length.
      const pieces = chunk === 1 ? 4099 : chunk;
      const longest = `1${'0'.repeat(MAX_TOKEN_BYTES - 1)}`;

      expect(sumOf(`3 ${longest} 2`, {}, pieces)).toMatchObject({
        sum: `${longest.slice(0, -1)}2`,
        count: 3,
        malformed: 0,
      });
      expect(sumOf(`4 ${longest}0 2`, {}, pieces)).toMatchObject({
        sum: '6',
        count: 2,
        malformed: 1,
        first_malformed: [{ offset: 2, text: `1${'0'.repeat(31)}…` }],
      });
      expect(sumOf(`4 ${longest.repeat(6)}`, {}, pieces)).toMatchObject({ sum: '4', malformed: 1 });
    },
  );

  it('should give a token to the slice it starts in', () => {
    const text = '12 345678 90';

    expect(sumOf(text, { end: 4 })).toMatchObject({ sum: '345690', count: 2, bytes: 4 });
    expect(sumOf(text, { start: 4, end: 8 })).toMatchObject({ sum: '0', count: 0, bytes: 4 });
    expect(sumOf(text, { start: 8 })).toMatchObject({ sum: '90', count: 1, bytes: 4 });
  });

  it('should report the same malformed tokens however the file is cut', () => {
    const text = `${'1'.repeat(50)}x 22 3.3 ${'y'.repeat(90)} 4 z`;
    const expected = sumOf(text);

    expect(expected.first_malformed.map(({ offset }) => offset)).toEqual([0, 55, 59, 152]);
    for (let size = 1; size < text.length; size++) {
      const parts = cutSlices(text.length, size).map((slice) => sumOf(text, slice, 5));
      expect(parts.reduce(mergeSums)).toEqual(expected);
    }
  });

  it('should count a token that is too long for a number once, however many slices it spans', () => {
    const text = `4 ${'1'.repeat(3 * MAX_TOKEN_BYTES)} 6`;
    const parts = cutSlices(text.length, 100_003).map((slice) => sumOf(text, slice));

    expect(parts.reduce(mergeSums)).toEqual(sumOf(text));
    expect(sumOf(text)).toMatchObject({ sum: '10', count: 2, malformed: 1 });
  });

  it.each([
    ['the first of two slices', { end: 6 }, { start: 6 }],
    ['the second of two slices', { start: 6 }, { end: 6 }],
  ])('should show every change that comes after %s has been read', (_name, before, after) => {
    const text = '12 345678 90';
    const accepted = crc32(Buffer.from(text));
    expect((sumOf(text, before).crc32 ^ sumOf(text, after).crc32) >>> 0).toBe(accepted);

    for (let at = 0; at < text.length; at++) {
      for (const byte of ['0', '7', ' ', 'x'].filter((other) => other !== text[at])) {
        const changed = text.slice(0, at) + byte + text.slice(at + 1);
        const [read, late] = [sumOf(text, before), sumOf(changed, after)];
        const isHarmless =
          JSON.stringify({ ...late, crc32: 0 }) === JSON.stringify({ ...sumOf(text, after), crc32: 0 });

        if (!isHarmless) expect((read.crc32 ^ late.crc32) >>> 0, `${changed} after ${text}`).not.toBe(accepted);
      }
    }
  });

  it('should start from zero with a kernel that was used before', () => {
    sumOf('2 4 6 +8');

    expect(sumOf('2')).toMatchObject({ sum: '2', count: 1, malformed: 0 });
  });
});
