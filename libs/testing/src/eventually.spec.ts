import { describe, expect, it } from 'vitest';
import { eventually } from './eventually.js';

describe('eventually', () => {
  it('should return the first value that is not false', async () => {
    let looks = 0;
    const sut = eventually(() => (++looks < 3 ? false : looks), { everyMs: 1 });
    expect(await sut).toBe(3);
  });

  it('should look again after an error', async () => {
    let looks = 0;
    const sut = eventually(
      () => {
        if (++looks < 2) throw new Error('not yet');
        return 'done';
      },
      { everyMs: 1 },
    );
    expect(await sut).toBe('done');
  });

  it('should throw the last error when time is up', async () => {
    const sut = eventually(() => Promise.reject(new Error('never')), { timeoutMs: 10, everyMs: 1 });
    await expect(sut).rejects.toThrow('still failing after 10 ms: never');
  });
});
