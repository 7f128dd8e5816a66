import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MAX_SKETCH_RANK, RANK_RADIX, SKETCH_PRECISION } from '#libs/contracts';
import { packSketch, unpackSketch } from './sketch.codec.js';
import { addValues, emptySketch, ERROR_PCT, estimate, mergeSketch } from './sketch.domain.js';

/** The rank by the book: count the zero bits of the text form. */
function registerOf(thing: string): number {
  const bits = BigInt(`0x${createHash('sha256').update(thing).digest('hex').slice(0, 16)}`)
    .toString(2)
    .padStart(64, '0');
  const rest = bits.slice(SKETCH_PRECISION);
  const zeros = rest.indexOf('1');
  return parseInt(bits.slice(0, SKETCH_PRECISION), 2) * RANK_RADIX + (zeros < 0 ? rest.length : zeros) + 1;
}

function sketchOf(from: number, to: number, salt: string = '') {
  const sut = emptySketch();
  for (let thing = from; thing < to; thing++) addValues(sut, [registerOf(`${salt}${thing}`)]);
  return sut;
}

describe('sketch', () => {
  it('should see nothing when empty', () => {
    expect(estimate(emptySketch())).toBe(0);
  });

  it.each([1, 10, 100, 1_000, 10_000, 50_000, 120_000])('should estimate %i within 2 %%', (things) => {
    const estimated = estimate(sketchOf(0, things, 'a'));
    expect(Math.abs(estimated - things) / things).toBeLessThan(0.02);
  });

  it('should err as much as it says over many sketches, and to neither side', () => {
    const errors = Array.from({ length: 40 }, (_, run) => estimate(sketchOf(0, 5_000, `run${run}-`)) / 5_000 - 1);
    const rms = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
    const bias = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    expect(rms * 100).toBeLessThan(ERROR_PCT);
    expect(Math.abs(bias) * 100).toBeLessThan((3 * ERROR_PCT) / Math.sqrt(40));
  });

  it('should count what both sketches have seen once', () => {
    const sut = sketchOf(0, 6_000);
    mergeSketch(sut, sketchOf(4_000, 10_000));
    expect(sut).toEqual(sketchOf(0, 10_000));
  });

  it('should leave out what is no register', () => {
    const sut = emptySketch();
    addValues(sut, [2 ** SKETCH_PRECISION * RANK_RADIX, MAX_SKETCH_RANK + 1]);
    expect(sut).toEqual(emptySketch());
  });

  it('should survive storage', () => {
    const sut = sketchOf(0, 3_000);
    expect(unpackSketch(packSketch(sut))).toEqual(sut);
    expect(packSketch(emptySketch()).length).toBeLessThan(200);
  });
});
