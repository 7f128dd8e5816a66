import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderKey, rankKey, toAuthorRow } from './author.domain.js';

/** The order of user ids as the report promises it. */
export function compareIds(a: string, b: string): number {
  const numeric = (id: string) => /^[0-9]+$/.test(id);
  if (numeric(a) !== numeric(b)) return numeric(a) ? -1 : 1;
  if (numeric(a)) return Number(BigInt(a) - BigInt(b) > 0n) - Number(BigInt(a) - BigInt(b) < 0n);
  return a.length - b.length || (a < b ? -1 : Number(a > b));
}

const id = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String),
  fc.bigInt({ min: 0n, max: 3000n }).map(String),
  fc
    .string({ unit: fc.constantFrom('a', 'b', ':', '/', '1', 'Z'), minLength: 1, maxLength: 40 })
    .map((text) => `d${text}`),
);

describe('orderKey', () => {
  it('should sort as numbers, then as texts by length', () => {
    fc.assert(
      fc.property(id, id, (a, b) => {
        expect(Math.sign(Buffer.compare(orderKey(a), orderKey(b)))).toBe(Math.sign(compareIds(a, b)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('should fit its column whatever the id', () => {
    expect(orderKey('https://example.org/'.repeat(100)).length).toBeLessThanOrEqual(260);
    expect(orderKey('9'.repeat(300)).length).toBeLessThanOrEqual(260);
  });
});

describe('rankKey', () => {
  it('should put more followers first and unknown last', () => {
    const counts = [null, 0, 5, 4_000_000_000];
    expect(counts.toSorted((a, b) => rankKey(a) - rankKey(b))).toEqual([4_000_000_000, 5, 0, null]);
  });
});

describe('toAuthorRow', () => {
  it('should take a negative count and a wrong country for unknown', () => {
    const row = toAuthorRow({
      id: 1,
      rev: 1,
      source: 'x',
      ext_id: '7',
      username: null,
      name: '😀'.repeat(300),
      country: 'Narnia',
      followers: -1,
      followers_seen_at: 5,
    });
    expect(row).toMatchObject({ followers: null, followersSeenAt: null, country: '' });
    expect(Array.from(row.name!)).toHaveLength(255);
  });
});
