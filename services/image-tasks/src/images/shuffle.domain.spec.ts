import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stateOfSeed } from './seed.js';
import { shuffle, unshuffle, type Pixels, type ShufflePlan } from './shuffle.domain.js';

/** Pixels of which no two are alike, at an odd place of their memory if that is wanted. */
function numbered(width: number, height: number, bytesPerPixel: number, offset = 0): Pixels {
  const data = new Uint8Array(new ArrayBuffer(offset + width * height * bytesPerPixel), offset);
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / bytesPerPixel) * 2_654_435_761;
    data[i] = pixel >>> (8 * ((i % bytesPerPixel) % 4));
  }
  return { data, width, height, bytesPerPixel };
}

const copyOf = (pixels: Pixels): Pixels => ({ ...pixels, data: pixels.data.slice() });

/** One text for each square of `side` pixels, row by row, whole squares only. */
function blocksOf({ data, width, height, bytesPerPixel }: Pixels, side: number): string[] {
  const blocks = [];
  for (let top = 0; top + side <= height; top += side) {
    for (let left = 0; left + side <= width; left += side) {
      const rows = Array.from({ length: side }, (_, y) => {
        const at = ((top + y) * width + left) * bytesPerPixel;
        return Buffer.from(data.subarray(at, at + side * bytesPerPixel)).toString('hex');
      });
      blocks.push(rows.join(' '));
    }
  }
  return blocks;
}

const size = fc.integer({ min: 1, max: 70 });
const bytesPerPixel = fc.constantFrom(1, 2, 3, 4, 6, 8);
const offset = fc.integer({ min: 0, max: 5 });
const pixels = fc.tuple(size, size, bytesPerPixel, offset).map((of) => numbered(...of));
const plan: fc.Arbitrary<ShufflePlan> = fc.oneof(
  fc.constant({ mode: 'pixels' } as const),
  fc.record({ mode: fc.constant('blocks' as const), block: fc.integer({ min: 1, max: 75 }) }),
);

describe('shuffle', () => {
  it('should be undone bit for bit, whatever the size', () => {
    fc.assert(
      fc.property(pixels, plan, fc.string(), (original, how, seed) => {
        const sut = copyOf(original);
        shuffle(sut, how, stateOfSeed(seed));
        unshuffle(sut, how, stateOfSeed(seed));

        expect(Buffer.compare(sut.data, original.data)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('should be undone bit for bit when there are many batches of swaps', () => {
    const original = numbered(123, 457, 3);
    const sut = copyOf(original);
    shuffle(sut, { mode: 'pixels' }, stateOfSeed('many'));

    expect(Buffer.compare(sut.data, original.data)).not.toBe(0);

    unshuffle(sut, { mode: 'pixels' }, stateOfSeed('many'));

    expect(Buffer.compare(sut.data, original.data)).toBe(0);
  });

  it('should keep all blocks whole and lose none', () => {
    fc.assert(
      fc.property(pixels, fc.integer({ min: 1, max: 40 }), fc.string(), (original, block, seed) => {
        const sut = copyOf(original);
        shuffle(sut, { mode: 'blocks', block }, stateOfSeed(seed));

        expect(blocksOf(sut, block).sort()).toEqual(blocksOf(original, block).sort());
      }),
    );
  });

  it('should leave the strips at the right and the bottom where they are', () => {
    fc.assert(
      fc.property(pixels, fc.integer({ min: 2, max: 40 }), fc.string(), (original, block, seed) => {
        const sut = copyOf(original);
        shuffle(sut, { mode: 'blocks', block }, stateOfSeed(seed));

        const { width, height } = original;
        const [right, bottom] = [width - (width % block), height - (height % block)];
        for (let y = 0; y < height; y++) {
          const from = (y * width + (y < bottom ? right : 0)) * original.bytesPerPixel;
          const to = (y + 1) * width * original.bytesPerPixel;
          expect(Buffer.compare(sut.data.subarray(from, to), original.data.subarray(from, to))).toBe(0);
        }
      }),
    );
  });

  it.each([
    [59, 59, 60],
    [600, 59, 60],
    [59, 600, 60],
    [119, 119, 60],
  ])('should leave an image of %i x %i with blocks of %i as it is: fewer than two fit', (width, height, block) => {
    const original = numbered(width, height, 3);
    const sut = copyOf(original);
    shuffle(sut, { mode: 'blocks', block }, stateOfSeed('any'));

    expect(Buffer.compare(sut.data, original.data)).toBe(0);
  });

  it('should move pixels whole and lose none', () => {
    fc.assert(
      fc.property(pixels, fc.string(), (original, seed) => {
        const sut = copyOf(original);
        shuffle(sut, { mode: 'pixels' }, stateOfSeed(seed));

        expect(blocksOf(sut, 1).sort()).toEqual(blocksOf(original, 1).sort());
      }),
    );
  });

  it('should make every order of four blocks about equally often', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 4_800; seed++) {
      const sut = { data: Uint8Array.of(0, 1, 2, 3), width: 2, height: 2, bytesPerPixel: 1 };
      shuffle(sut, { mode: 'blocks', block: 1 }, stateOfSeed(String(seed)));
      counts.set(sut.data.join(), (counts.get(sut.data.join()) ?? 0) + 1);
    }

    expect(counts.size).toBe(24);
    // 200 each are expected; the chance that one of 24 is off by more than five standard deviations is below 0.002 %.
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(5 * Math.sqrt(200));
  });

  // Restoring needs the same order years later. The sums come from another implementation, in Python.
  it.each([
    [{ mode: 'pixels' }, '077c1151e404904e'],
    [{ mode: 'blocks', block: 3 }, '3857650ecdf6060d'],
  ] as Array<[ShufflePlan, string]>)('should give the same order for ever: %o', (how, expected) => {
    const sut = numbered(61, 47, 3);
    shuffle(sut, how, stateOfSeed('for ever'));

    expect(createHash('sha256').update(sut.data).digest('hex').slice(0, 16)).toBe(expected);
  });
});
