import { describe, expect, it } from 'vitest';
import { RangeReversedError } from '../analytics.errors.js';
import { instantMs, toFilter, withinData } from './filter.domain.js';

describe('instantMs', () => {
  it.each([
    ['2020-01-01T00:00:00Z', Date.UTC(2020, 0)],
    ['2020-01-01T00:00:00.001Z', Date.UTC(2020, 0) + 1],
    ['2020-01-01T00:00:00.0010000Z', Date.UTC(2020, 0) + 1],
    ['2020-01-01T00:00:00.0010001Z', Date.UTC(2020, 0) + 2],
    ['2020-01-01T02:00:00+02:00', Date.UTC(2020, 0)],
  ])('should read %s', (text, ms) => {
    expect(instantMs(text)).toBe(ms);
  });
});

describe('toFilter', () => {
  it('should refuse a range that ends before it begins', () => {
    expect(() => toFilter({ from: '2020-01-02T00:00:00Z', to: '2020-01-01T00:00:00Z' }, 1)).toThrow(RangeReversedError);
  });

  it('should allow an empty range', () => {
    const instant = '2020-01-02T00:00:00Z';
    expect(toFilter({ from: instant, to: instant, source: 'x', kind: 'quote' }, 1)).toEqual({
      tagId: 1,
      from: Date.UTC(2020, 0, 2),
      to: Date.UTC(2020, 0, 2),
      source: 1,
      kind: 3,
    });
  });
});

describe('withinData', () => {
  it('should drop ends beyond the data', () => {
    expect(withinData({ tagId: 1, from: 0, to: 9e12 }, { first: 10, last: 20 })).toEqual({ tagId: 1 });
  });

  it('should keep ends within the data', () => {
    const filter = { tagId: 1, from: 11 * 900_000, to: 15 * 900_000 };
    expect(withinData(filter, { first: 10, last: 20 })).toEqual(filter);
  });
});
