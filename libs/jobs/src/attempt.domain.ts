/** Limits of a kind of job. */
export interface RetryPolicy {
  maxAttempts: number;
  maxLostLeases: number;
}

/** A slice as far as its attempts go: `attempts` counts the one under way. */
export interface Attempts {
  attempts: number;
  lostLeases: number;
}

/** What becomes of a slice whose attempt did not end well. */
export type Fate =
  | ({ state: 'delayed'; delayMs: number } & Attempts)
  | ({ state: 'ready' } & Attempts)
  | ({ state: 'parked'; code: string; message: string } & Attempts);

/** Lost leases in a row after which the slice, not the weather, is to blame. */
export const DEFAULT_MAX_LOST_LEASES = 5;

const RETRY_BASE_MS = 1_000;
const RETRY_CAP_MS = 60_000;

/** An attempt has thrown: again after 0.5 to 1 s, then twice as long each time up to a minute, or parked. */
export function afterFailure(slice: Attempts, policy: RetryPolicy, reason: string, random: number): Fate {
  const { attempts } = slice;
  if (attempts >= policy.maxAttempts) {
    const message = `given up after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}: ${reason}`;
    return { state: 'parked', code: 'JOBS.ATTEMPTS_EXHAUSTED', message, attempts, lostLeases: 0 };
  }
  const longest = Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** (attempts - 1));
  return { state: 'delayed', delayMs: Math.round((longest * (1 + random)) / 2), attempts, lostLeases: 0 };
}

/** The worker went silent. Machines fail more often than slices kill, so this is no attempt; but it has a limit too. */
export function afterLostLease(slice: Attempts, policy: RetryPolicy): Fate {
  const attempts = slice.attempts - 1;
  const lostLeases = slice.lostLeases + 1;
  if (lostLeases >= policy.maxLostLeases) {
    const message = `its worker went silent ${lostLeases} times in a row`;
    return { state: 'parked', code: 'JOBS.WORKER_LOST', message, attempts, lostLeases };
  }
  return { state: 'ready', attempts, lostLeases };
}

/** Given back through no fault of its own: the process ends, or it does not know the kind. */
export function afterRelease(slice: Attempts): Fate {
  return { state: 'ready', attempts: slice.attempts - 1, lostLeases: slice.lostLeases };
}
