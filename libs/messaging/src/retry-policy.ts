import { CodedError } from '#libs/kernel';
import { RetryableError } from './messaging.errors.js';
import type { RetryStep } from './topology.js';

/** What becomes of an event whose handler failed. */
export type FailureDecision =
  | { readonly action: 'retry'; readonly step: RetryStep; readonly nextAttempt: number }
  | { readonly action: 'park'; readonly code: string };

const RETRYABLE_KINDS = new Set(['unavailable', 'timeout', 'rate-limited']);
const LOCK_FAILURES = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT']);

/** Whether the same event may succeed later without anybody changing anything. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof RetryableError) return true;
  if (error instanceof CodedError) return RETRYABLE_KINDS.has(error.kind);
  const { code, driverError } = (error ?? {}) as { code?: unknown; driverError?: { code?: unknown } };
  return LOCK_FAILURES.has(String(code ?? driverError?.code));
}

/** Whether the handler failed because something it needs is away, rather than asking for a later try itself. */
export function isAbsence(error: unknown): boolean {
  return error instanceof CodedError && !(error instanceof RetryableError) && error.kind === 'unavailable';
}

/** How long the events of a queue wait for something they need that is away. */
export interface Patience {
  /** Time in hand, in milliseconds. Twice that has to stay below the broker's limit for a delivery, 30 minutes. */
  readonly inHandMs: number;
  /** Then they go up the ladder, and are never parked for an absence, however long it lasts. */
  readonly endless: boolean;
}

/** Work that others wait for: an absence that lasts is somebody's business, and soon. */
export const MAIN_PATIENCE: Patience = { inHandMs: 60_000, endless: false };

/**
 * @param attempt number of the failed delivery, from 1
 * @param ladder delays in growing order; each rung is used at most once, so an event is handled at most
 * `ladder.length + 1` times. Only an absence is waited for without end, on the last rung, where the queue has the patience
 */
export function decideFailure(
  error: unknown,
  attempt: number,
  ladder: readonly RetryStep[],
  { endless }: Patience = MAIN_PATIENCE,
): FailureDecision {
  if (!isRetryable(error)) return { action: 'park', code: codeOf(error) };
  const wished = error instanceof CodedError ? (error.retryAfterMs ?? 0) : 0;
  const longEnough = ladder.findIndex((step) => step.delayMs >= wished);
  const rung = Math.max(attempt - 1, longEnough === -1 ? ladder.length - 1 : longEnough);
  const step = ladder[rung];
  const last = ladder.at(-1);
  if (endless && last && isAbsence(error) && attempt > ladder.length) {
    return { action: 'retry', step: last, nextAttempt: attempt };
  }
  if (attempt > ladder.length || step === undefined) return { action: 'park', code: 'EVENT.RETRIES_EXHAUSTED' };
  return { action: 'retry', step, nextAttempt: rung + 2 };
}

function codeOf(error: unknown): string {
  return error instanceof CodedError ? error.code : 'EVENT.HANDLER_FAILED';
}
