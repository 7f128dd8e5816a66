import { describe, expect, it } from 'vitest';
import { monthOf, parseDay } from './day.domain.js';
import { arrivalsIn, daysOfPeriod, periodOver, periodsOf } from './period.domain.js';

const START = parseDay('2024-01-01');
const DAYS = Array.from({ length: 800 }, (_, index) => START + index);

describe('key periods', () => {
  it('should have exactly two keys in use on every day', () => {
    for (const day of DAYS) {
      const inUse = periodsOf(day);
      expect(inUse.every((period) => daysOfPeriod(period).first <= day && day <= daysOfPeriod(period).last)).toBe(true);
      expect(daysOfPeriod(inUse[0] - 1).last).toBeLessThan(day);
      expect(daysOfPeriod(inUse[1] + 1).first).toBeGreaterThan(day);
    }
  });

  it('should have one key for each 7 days, 30 days and calendar month', () => {
    for (const day of DAYS) {
      const month = { first: monthOf(day), last: monthOf(day, 1) - 1 };
      for (const stretch of [{ first: day - 6, last: day }, { first: day - 29, last: day }, month]) {
        const { first, last } = daysOfPeriod(periodOver(stretch)!);
        expect(first).toBeLessThanOrEqual(stretch.first);
        expect(last).toBeGreaterThanOrEqual(stretch.last);
      }
    }
  });

  it('should have none for what is longer than a key lives', () => {
    expect(periodOver({ first: START, last: START + 62 })).toBeUndefined();
  });
});

describe('arrivals', () => {
  const whole = { first: START + 5, last: START + 200 };
  const parts = arrivalsIn(whole);

  it('should see every day once as new', () => {
    const fresh = parts.flatMap(({ seen, known }) => {
      const from = known ? known.last + 1 : seen.first;
      return Array.from({ length: seen.last - from + 1 }, (_, index) => from + index);
    });
    expect(fresh).toEqual(Array.from({ length: 196 }, (_, index) => whole.first + index));
  });

  it('should compare only days of one key', () => {
    for (const { period, seen } of parts) {
      expect(daysOfPeriod(period).first).toBeLessThanOrEqual(seen.first);
      expect(daysOfPeriod(period).last).toBeGreaterThanOrEqual(seen.last);
    }
  });
});
