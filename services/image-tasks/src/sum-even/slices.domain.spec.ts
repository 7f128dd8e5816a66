import { describe, expect, it } from 'vitest';
import { cutSlices, EMPTY_SUM, finishSum, mergeSums, type PartialSum, SLICE_BYTES } from './slices.domain.js';

const part = (sum: string, offsets: number[], bytes = 10): PartialSum => ({
  sum,
  count: 3,
  even_count: 2,
  malformed: offsets.length,
  first_malformed: offsets.map((offset) => ({ offset, text: `bad ${offset}` })),
  bytes,
  crc32: 0,
});

describe('slices of a sum', () => {
  it.each([0, 1, 9, 10, 11, 25])('should cover a file of %i bytes without gap or overlap', (size) => {
    const sut = cutSlices(size, 10);

    expect(sut[0]!.start).toBe(0);
    expect(sut.at(-1)!.end).toBe(size);
    for (const [index, slice] of sut.entries()) {
      expect(slice.size).toBe(size);
      if (index > 0) expect(slice.start).toBe(sut[index - 1]!.end);
      if (size > 0) expect(slice.end).toBeGreaterThan(slice.start);
    }
  });

  it('should cut 5 GB into units of 64 MiB', () => {
    expect(cutSlices(5e9)).toHaveLength(Math.ceil(5e9 / SLICE_BYTES));
  });

  it('should merge in any order and grouping to the same', () => {
    const [a, b, c] = [
      part('99999999999999999999', [1, 5]),
      part('-7', [12]),
      part('8', [20, 21, 22, 23, 24, 25, 26, 27, 28]),
    ];

    const sut = mergeSums(mergeSums(a, b), c);

    expect(sut).toEqual(mergeSums(a, mergeSums(b, c)));
    expect(sut).toEqual(mergeSums(c, mergeSums(b, a)));
    expect(sut).toEqual(mergeSums(sut, EMPTY_SUM));
    expect(sut).toMatchObject({ sum: '100000000000000000000', count: 9, even_count: 6, malformed: 12, bytes: 30 });
    expect(sut.first_malformed.map(({ offset }) => offset)).toEqual([1, 5, 12, 20, 21, 22, 23, 24, 25, 26]);
  });

  it('should survive the way through JSON', () => {
    const sut = part('123456789012345678901234567890', [4]);

    expect(JSON.parse(JSON.stringify(sut))).toEqual(sut);
  });

  it('should refuse slices that do not make up the file', () => {
    expect(() => finishSum([part('2', []), part('4', [])], { size: 21, crc32: 0, strict: false })).toThrow(
      expect.objectContaining({ code: 'TASKS.INPUT_CHANGED' }),
    );
  });

  it('should refuse slices of other bytes than those that were accepted', () => {
    const partials = [
      { ...part('2', []), crc32: 0xff00_0001 },
      { ...part('4', []), crc32: 0x0f00_0002 },
    ];

    expect(finishSum(partials, { size: 20, crc32: 0xf000_0003, strict: false })).not.toHaveProperty('crc32');
    expect(() => finishSum(partials, { size: 20, crc32: 0xf000_0004, strict: false })).toThrow(
      expect.objectContaining({ code: 'TASKS.INPUT_CHANGED', details: { crc32: 'f0000003', accepted: 'f0000004' } }),
    );
  });

  it('should name the first malformed token when only numbers are allowed', () => {
    const partials = [part('2', [3]), part('4', [12, 13])];

    expect(finishSum(partials, { size: 20, crc32: 0, strict: false })).toMatchObject({ sum: '6', malformed: 3 });
    expect(() => finishSum(partials, { size: 20, crc32: 0, strict: true })).toThrow(
      expect.objectContaining({
        code: 'TASKS.MALFORMED_INPUT',
        details: { offset: 3, text: 'bad 3', malformed: 3 },
      }),
    );
  });
});
