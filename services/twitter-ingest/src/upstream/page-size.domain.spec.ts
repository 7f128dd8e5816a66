import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterFailure, afterSuccess, LARGEST, PAGE_SIZES, type PageSizeState } from './page-size.domain.js';

const TEN_MINUTES = 600_000;
const failing = (times: number, from: PageSizeState = LARGEST) =>
  Array.from({ length: times }).reduce<PageSizeState>((state) => afterFailure(state, 1_000), from);

describe('page size', () => {
  it('should shrink with every second failure in a row, and no further than the smallest', () => {
    expect([1, 2, 3, 4, 9].map((times) => failing(times).size)).toEqual([100, 50, 50, 20, 20]);
  });

  it('should not count a failure that was followed by a success', () => {
    expect(afterFailure(afterSuccess(failing(3), 2_000), 3_000)).toMatchObject({ size: 50, failures: 1 });
    expect(afterSuccess(failing(1), 2_000)).toEqual(LARGEST);
  });

  it('should grow back one size after ten minutes', () => {
    const small = failing(4);
    expect(afterSuccess(small, 1_000 + TEN_MINUTES - 1).size).toBe(20);
    const half = afterSuccess(small, 1_000 + TEN_MINUTES);
    expect(half.size).toBe(50);
    expect(afterSuccess(half, half.changedAt + 1).size).toBe(50);
    expect(afterSuccess(half, half.changedAt + TEN_MINUTES).size).toBe(100);
  });

  it('should always be one of the sizes and change by one step only', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: TEN_MINUTES })), { maxLength: 60 }),
        (events) => {
          let state = LARGEST;
          let now = 0;
          for (const [good, pause] of events) {
            now += pause;
            const next = good ? afterSuccess(state, now) : afterFailure(state, now);
            const steps = Math.abs(PAGE_SIZES.findIndex((size) => size === next.size) - PAGE_SIZES.findIndex((size) => size === state.size)); // prettier-ignore
            expect(steps).toBeLessThanOrEqual(1);
            expect(PAGE_SIZES).toContain(next.size);
            state = next;
          }
        },
      ),
    );
  });
});
