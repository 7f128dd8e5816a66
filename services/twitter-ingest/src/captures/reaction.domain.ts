import type { CaptureState, WaitReason } from '#libs/contracts';
import { backoffMs } from '#libs/kernel';
import type { UpstreamError } from './upstream.errors.js';

const RETRY_BASE_MS = 1_000;
const RETRY_CAP_MS = 300_000;

/** A wait whose end the source does not tell. */
const WAIT_BASE_MS = 15_000;
const WAIT_CAP_MS = 900_000;

/** How often a source is asked again that only an operator can bring back. */
export const PROBE_MS = 3_600_000;

/** Nobody sleeps longer than this without looking again, whatever the source says: it may have a wrong clock. */
const LONGEST_WAIT_MS = 32 * 86_400_000;

/** What becomes of a part after an error. */
export interface Verdict {
  state: Extract<CaptureState, 'waiting' | 'stopped' | 'failed'>;
  reason: WaitReason;
  detail: string;
  /** Until the next step; null: none until somebody acts. */
  delayMs: number | null;
  /** Whether the owner is told an end of the wait. A probe is no promise. */
  endKnown: boolean;
  /** Failures in a row from now on. */
  attempts: number;
}

/**
 * The one place that turns the reaction a driver asks for into what happens.
 *
 * @param attempts failures in a row before this one
 * @param now milliseconds of the clock `error.details.until` was told by
 */
export function verdictOf(
  error: UpstreamError,
  attempts: number,
  now: number,
  random: () => number = Math.random,
): Verdict {
  const { until } = error.details;
  const told = until === undefined ? undefined : Math.min(Math.max(0, until.getTime() - now), LONGEST_WAIT_MS);
  const base = { reason: error.reason, detail: error.message, attempts: 0 };
  const waiting = (delayMs: number) => ({ ...base, state: 'waiting', delayMs, endKnown: true }) as const;
  switch (error.reaction) {
    case 'retry':
      return {
        ...waiting(Math.max(told ?? 0, fullJitter(attempts, RETRY_BASE_MS, RETRY_CAP_MS, random))),
        attempts: attempts + 1,
      };
    case 'wait':
      if (told !== undefined) return waiting(told);
      return { ...waiting(fullJitter(attempts, WAIT_BASE_MS, WAIT_CAP_MS, random)), attempts: attempts + 1 };
    case 'halt-source':
      if (told !== undefined) return waiting(told);
      return { ...base, state: 'stopped', delayMs: PROBE_MS, endKnown: false };
    case 'stop-part':
      if (told !== undefined) return waiting(told);
      return { ...base, state: 'stopped', delayMs: null, endKnown: false };
    case 'fail':
      return { ...base, state: 'failed', delayMs: null, endKnown: false };
  }
}

/** Never 0: a loop without any pause would not be one retry but many. */
function fullJitter(attempts: number, baseMs: number, capMs: number, random: () => number): number {
  return Math.max(100, backoffMs(Math.min(attempts, 30), baseMs, capMs, random));
}
