import { describe, expect, it } from 'vitest';
import { afterFailure, afterLostLease, afterRelease } from './attempt.domain.js';

const POLICY = { maxAttempts: 8, maxLostLeases: 2 };

describe('fate of a slice', () => {
  it('should wait longer after each failure, up to a minute', () => {
    const longest = [1, 2, 3, 6, 7].map((attempts) => afterFailure({ attempts, lostLeases: 1 }, POLICY, 'r', 1));
    expect(longest.map((fate) => fate.state === 'delayed' && fate.delayMs)).toEqual([
      1_000, 2_000, 4_000, 32_000, 60_000,
    ]);
    expect(afterFailure({ attempts: 1, lostLeases: 1 }, POLICY, 'r', 0)).toEqual({ state: 'delayed', delayMs: 500, attempts: 1, lostLeases: 0 }); // prettier-ignore
  });

  it('should be parked with the reason after the last attempt', () => {
    expect(afterFailure({ attempts: 8, lostLeases: 0 }, POLICY, 'disk full', 0)).toMatchObject({
      state: 'parked',
      code: 'JOBS.ATTEMPTS_EXHAUSTED',
      message: 'given up after 8 attempts: disk full',
    });
  });

  it('should not count a death of its worker as an attempt, but not die for ever', () => {
    expect(afterLostLease({ attempts: 3, lostLeases: 0 }, POLICY)).toEqual({
      state: 'ready',
      attempts: 2,
      lostLeases: 1,
    });
    expect(afterLostLease({ attempts: 3, lostLeases: 1 }, POLICY)).toMatchObject({ state: 'parked', code: 'JOBS.WORKER_LOST' }); // prettier-ignore
  });

  it('should not pay for a process that ends', () => {
    expect(afterRelease({ attempts: 3, lostLeases: 1 })).toEqual({ state: 'ready', attempts: 2, lostLeases: 1 });
  });
});
