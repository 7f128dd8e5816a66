// AssemblyScript, which looks like TypeScript and is not: compiled by build.mjs beside it. Bit-sliced: 64 bytes at a time become one 64-bit mask
// per property, and all numbers in them are added side by side. Digits of equal place value share one counter, so nothing
// can overflow and nothing is multiplied; the caller turns the counters into the exact sum.

/** Offsets in the block of counters: digit sums by place of numbers without sign, of negative ones, then two counts. */
const NEGATIVE: usize = 512;
const COUNT: usize = 1024;
const EVEN_COUNT: usize = 1032;

@inline
function pack(a: v128, b: v128, c: v128, d: v128): u64 {
  return (
    (<u64>i8x16.bitmask(a)) |
    ((<u64>i8x16.bitmask(b)) << 16) |
    ((<u64>i8x16.bitmask(c)) << 32) |
    ((<u64>i8x16.bitmask(d)) << 48)
  );
}

@inline
function isDigit(x: v128): v128 {
  return i8x16.lt_u(i8x16.sub(x, i8x16.splat(48)), i8x16.splat(10));
}

/** The table holds each separator at its low nibble; other places hold a byte of another nibble, which never matches. */
@inline
function isSeparator(x: v128, table: v128): v128 {
  return i8x16.eq(x, i8x16.swizzle(table, v128.and(x, i8x16.splat(15))));
}

/** Sum of the digits that `at` selects, from the four bit planes. */
@inline
function digitSum(at: u64, b0: u64, b1: u64, b2: u64, b3: u64): u64 {
  return popcnt(at & b0) + (popcnt(at & b1) << 1) + (popcnt(at & b2) << 2) + (popcnt(at & b3) << 3);
}

@inline
function add(counter: usize, value: u64): void {
  store<u64>(counter, load<u64>(counter) + value);
}

/**
 * Adds up the numbers of [p, e); a token starts at p, a separator is at e - 1. Up to 63 bytes behind e are read, not used.
 *
 * @returns e, or the start of the first block that needs the slow path: a byte that is no digit, minus or separator, a
 * minus at the wrong place, or no separator within 64 bytes
 */
export function run(start: usize, e: usize, out: usize): usize {
  const table = i8x16(32, 0, 0, 0, 0, 0, 0, 0, 0, 9, 10, 59, 44, 13, 0, 0);
  const minus = i8x16.splat(45);
  let p = start;
  let count = load<u64>(out, COUNT);
  let evenCount = load<u64>(out, EVEN_COUNT);
  while (p < e) {
    const x0 = v128.load(p);
    const x1 = v128.load(p, 16);
    const x2 = v128.load(p, 32);
    const x3 = v128.load(p, 48);
    let digits = pack(isDigit(x0), isDigit(x1), isDigit(x2), isDigit(x3));
    let signs = pack(i8x16.eq(x0, minus), i8x16.eq(x1, minus), i8x16.eq(x2, minus), i8x16.eq(x3, minus));
    const separators = pack(
      isSeparator(x0, table),
      isSeparator(x1, table),
      isSeparator(x2, table),
      isSeparator(x3, table),
    );

    // Only what lies before the last separator is whole; the rest waits for the next block.
    const left = e - p;
    const within: u64 = left < 64 ? ((<u64>1) << (<u64>left)) - 1 : ~(<u64>0);
    const behind = clz(separators & within);
    if (behind === 64) break;
    const keep = ~(<u64>0) >> behind;
    digits &= keep;
    signs &= keep;
    const unknown = keep & ~(digits | signs | separators);
    const misplaced = signs & (~(digits >> 1) | ((digits | signs) << 1));
    if (unknown | misplaced) break;

    const b0 = pack(i16x8.shl(x0, 7), i16x8.shl(x1, 7), i16x8.shl(x2, 7), i16x8.shl(x3, 7));
    const b1 = pack(i16x8.shl(x0, 6), i16x8.shl(x1, 6), i16x8.shl(x2, 6), i16x8.shl(x3, 6));
    const b2 = pack(i16x8.shl(x0, 5), i16x8.shl(x1, 5), i16x8.shl(x2, 5), i16x8.shl(x3, 5));
    const b3 = pack(i16x8.shl(x0, 4), i16x8.shl(x1, 4), i16x8.shl(x2, 4), i16x8.shl(x3, 4));
    const lastDigits = digits & ~(digits >> 1);
    count += popcnt(lastDigits);
    let even = lastDigits & ~b0;
    evenCount += popcnt(even);
    if (signs) {
      // A one added to the first digit behind a sign is carried through the digits to the place behind the last one.
      let negative = even & ((((signs << 1) + digits) & ~digits) >> 1);
      even ^= negative;
      for (let q = out + NEGATIVE; negative; q += 8) {
        add(q, digitSum(negative, b0, b1, b2, b3));
        negative = (negative >> 1) & digits;
      }
    }
    for (let q = out; even; q += 8) {
      add(q, digitSum(even, b0, b1, b2, b3));
      even = (even >> 1) & digits;
    }
    p += 64 - (<usize>behind);
  }
  store<u64>(out, count, COUNT);
  store<u64>(out, evenCount, EVEN_COUNT);
  return p;
}
