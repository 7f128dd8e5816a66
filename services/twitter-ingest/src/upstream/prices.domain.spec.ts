import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { affordablePage, formatUsd, priceOf, worstCasePerPost, X_PAGE_SHAPE } from './prices.domain.js';

describe('affordablePage', () => {
  const range = { min: 10, max: 100 };

  it('should never let a page cost more than there is, and never give a page away that could be paid for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000, max: 10_000_000 }),
        fc.integer({ min: 1, max: 50_000 }),
        (money, perPost) => {
          const page = affordablePage(money, perPost, range);
          if (page === null) {
            expect(money).toBeLessThan(range.min * perPost);
            return;
          }
          expect(page * perPost).toBeLessThanOrEqual(money);
          if (page < range.max) expect((page + 1) * perPost).toBeGreaterThan(money);
        },
      ),
    );
  });
});

describe('worstCasePerPost', () => {
  it('should cover whatever part of a page turns out to be new', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.boolean(), fc.gen(), (size, authorsBilled, gen) => {
        const posts = size + gen(fc.integer, { min: 0, max: size * X_PAGE_SHAPE.referencedPosts });
        const users = authorsBilled ? gen(fc.integer, { min: 0, max: size * X_PAGE_SHAPE.users }) : 0;
        expect(priceOf(posts, users)).toBeLessThanOrEqual(size * worstCasePerPost(authorsBilled));
      }),
    );
  });
});

describe('formatUsd', () => {
  it.each([
    [0, 'USD 0.00'],
    [1_500_000, 'USD 1.50'],
    [5_000, 'USD 0.005'],
    [1, 'USD 0.000001'],
    [12_340_000, 'USD 12.34'],
  ])('should show %i as %s', (amount, shown) => {
    expect(formatUsd(amount)).toBe(shown);
  });
});
