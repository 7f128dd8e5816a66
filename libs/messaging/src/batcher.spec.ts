import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Batcher } from './batcher.js';

describe('Batcher', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const make = (maxItems = 3, workMs = 0) => {
    const batches: number[][] = [];
    const sut = new Batcher<number>({ maxItems, maxWaitMs: 100 }, async (items) => {
      batches.push(items);
      if (workMs > 0) await new Promise((resolve) => setTimeout(resolve, workMs));
    });
    return { sut, batches };
  };

  it('should hand on a full batch at once', () => {
    const { sut, batches } = make();
    for (const item of [1, 2, 3]) sut.add(item);
    expect(batches).toEqual([[1, 2, 3]]);
  });

  it('should hand on what there is when the first item has waited long enough', async () => {
    const { sut, batches } = make();
    sut.add(1);
    await vi.advanceTimersByTimeAsync(60);
    sut.add(2);
    expect(batches).toEqual([]);
    await vi.advanceTimersByTimeAsync(40);
    expect(batches).toEqual([[1, 2]]);
  });

  it('should not let an urgent item wait', () => {
    const { sut, batches } = make();
    sut.add(1, true);
    expect(batches).toEqual([[1]]);
  });

  it('should gather while a batch runs and not start another', async () => {
    const { sut, batches } = make(2, 1_000);
    for (const item of [1, 2, 3, 4, 5]) sut.add(item);
    await vi.advanceTimersByTimeAsync(999);
    expect(batches).toEqual([[1, 2]]);
    await vi.advanceTimersByTimeAsync(1);
    expect(batches).toEqual([
      [1, 2],
      [3, 4],
    ]);
    await vi.advanceTimersByTimeAsync(1_100);
    expect(batches.at(-1)).toEqual([5]);
  });

  it('should give back what has not started when it closes', async () => {
    const { sut, batches } = make(2, 1_000);
    for (const item of [1, 2, 3]) sut.add(item);
    expect(sut.close()).toEqual([3]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(batches).toEqual([[1, 2]]);
  });

  it('should keep the order and lose nothing, whatever the timing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(150), { maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(120),
        async (gaps, maxItems, workMs) => {
          const { sut, batches } = make(maxItems, workMs);
          for (const [item, gap] of gaps.entries()) {
            sut.add(item);
            await vi.advanceTimersByTimeAsync(gap);
          }
          await vi.advanceTimersByTimeAsync(gaps.length * 200 + 500);
          expect(batches.flat()).toEqual(gaps.map((_, item) => item));
          expect(batches.every((batch) => batch.length >= 1 && batch.length <= maxItems)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });
});
