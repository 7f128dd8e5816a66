import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sfc32, type RandomState } from './random.domain.js';

const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const state = fc.tuple(word, word, word, word);

/** The generator as its author writes it, in integers without a limit. */
function* referenceSfc32(state: RandomState): Generator<bigint, never> {
  let [a, b, c, counter] = state.map((part) => BigInt.asUintN(32, BigInt(part))) as [bigint, bigint, bigint, bigint];
  for (;;) {
    const drawn = BigInt.asUintN(32, a + b + counter);
    counter = BigInt.asUintN(32, counter + 1n);
    a = b ^ (b >> 9n);
    b = BigInt.asUintN(32, c + (c << 3n));
    c = BigInt.asUintN(32, ((c << 21n) | (c >> 11n)) + drawn);
    yield drawn;
  }
}

function draw(sut: Sfc32, length: number, bound: number): number[] {
  const out = new Uint32Array(length);
  sut.drawFalling(out, length, bound);
  return [...out];
}

describe(Sfc32.name, () => {
  it('should draw what the reference draws, scaled to falling bounds', () => {
    fc.assert(
      fc.property(
        state,
        fc.integer({ min: 1, max: 50_000_000 }),
        fc.integer({ min: 1, max: 100 }),
        (from, top, wish) => {
          const length = Math.min(wish, top);
          const reference = referenceSfc32(from);
          const expected = Array.from({ length }, (_, k) => Number((reference.next().value * BigInt(top - k)) >> 32n));

          expect(draw(new Sfc32(from), length, top)).toEqual(expected);
        },
      ),
    );
  });

  it('should go on after a skip as if it had drawn', () => {
    fc.assert(
      fc.property(state, fc.nat(500), (from, count) => {
        const [drawn, skipped] = [new Sfc32(from), new Sfc32(from)];
        draw(drawn, count, 1_000);
        skipped.skip(count);

        expect(draw(skipped, 5, 1_000)).toEqual(draw(drawn, 5, 1_000));
      }),
    );
  });

  it('should give its numbers back latest first', () => {
    fc.assert(
      fc.property(state, fc.integer({ min: 1, max: 300 }), (from, length) => {
        const sut = new Sfc32(from);
        const drawn = draw(sut, length, length);
        const undrawn = new Uint32Array(length);
        sut.undrawRising(undrawn, length, 1);

        expect([...undrawn]).toEqual(drawn.reverse());
        expect(draw(sut, 3, 1_000)).toEqual(draw(new Sfc32(from), 3, 1_000));
      }),
    );
  });
});
