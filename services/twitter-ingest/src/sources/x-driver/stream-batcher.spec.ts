import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StreamBatcher } from './stream-batcher.js';

describe(StreamBatcher.name, () => {
  let saved: number[][];
  let release: (() => void)[];
  let failed: unknown[];
  let sut: StreamBatcher<number>;

  beforeEach(() => {
    vi.useFakeTimers();
    saved = [];
    release = [];
    failed = [];
    const save = (items: number[]) => {
      saved.push(items);
      return new Promise<void>((resolve) => release.push(resolve));
    };
    sut = new StreamBatcher({ items: 3, ms: 250 }, save, (error) => failed.push(error));
  });

  afterEach(() => vi.useRealTimers());

  const settle = () => vi.advanceTimersByTimeAsync(0);

  it('should save what is old enough', async () => {
    void sut.add(1);
    await vi.advanceTimersByTimeAsync(249);
    expect(saved).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(saved).toEqual([[1]]);
  });

  it('should hold up who adds while a full batch waits for the one before it', async () => {
    void sut.add(1);
    void sut.add(2);
    const third = vi.fn();
    void sut.add(3).then(third);
    await settle();
    expect(saved).toEqual([[1, 2, 3]]);
    void sut.add(4);
    void sut.add(5);
    const sixth = vi.fn();
    void sut.add(6).then(sixth);
    await settle();
    expect([third, sixth].map((done) => done.mock.calls.length)).toEqual([0, 0]);
    release[0]!();
    await settle();
    expect(third).toHaveBeenCalled();
    expect(saved).toEqual([[1, 2, 3], [4, 5, 6]]); // prettier-ignore
    expect(sixth).not.toHaveBeenCalled();
  });

  it('should tell of an error once and save nothing after it', async () => {
    const save = vi.fn(() => Promise.reject(new Error('away')));
    sut = new StreamBatcher({ items: 1, ms: 250 }, save, (error) => failed.push(error));
    await sut.add(1);
    await sut.add(2);
    await sut.flush();
    expect(failed).toEqual([new Error('away')]);
    expect(save).toHaveBeenCalledTimes(1);
  });
});
