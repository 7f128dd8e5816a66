import { MessageTooLargeError, PublishError } from './messaging.errors.js';

/** Rows one claim takes. */
export const CLAIM_LIMIT = 200;

const BUSY_PAUSE_MS = 500;
const IDLE_PAUSE_MS = 2_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;

export interface Attempt {
  readonly id: string;
  /** Failed attempts before this one. */
  readonly attempts: number;
  /** Undefined when the broker confirmed. */
  readonly error: unknown;
}

/** What is written about the rows of one claim. */
export interface RelayMarks {
  readonly published: string[];
  /** Rows the broker refused: they wait `delayMs` and do not hold up the rows behind them. */
  readonly postponed: Array<{ delayMs: number; ids: string[] }>;
}

/** Failures that say something about the message; all others say something about the broker, and the row just stays. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof PublishError) return error.reason === 'unroutable' || error.reason === 'nacked';
  return error instanceof MessageTooLargeError;
}

/** Milliseconds before a row is tried again after its `attempts`-th refusal (0-based): doubles from 1 s to 1 min. */
export function refusalDelayMs(attempts: number): number {
  return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts, 10));
}

/** Sorts the rows of one claim by what has to be written about them. Rows that are in neither list stay as they are. */
export function marksOf(results: readonly Attempt[]): RelayMarks {
  const published: string[] = [];
  const byDelay = new Map<number, string[]>();
  for (const { id, attempts, error } of results) {
    if (error === undefined) published.push(id);
    else if (isRefusal(error)) {
      const delayMs = refusalDelayMs(attempts);
      byDelay.set(delayMs, [...(byDelay.get(delayMs) ?? []), id]);
    }
  }
  return { published, postponed: [...byDelay].map(([delayMs, ids]) => ({ delayMs, ids })) };
}

/**
 * Milliseconds until the next claim; a poke ends the pause at once.
 *
 * @param claimed rows of this claim, of which `published` left
 * @param idleRounds claims in a row that found nothing
 */
export function pauseMs(claimed: number, published: number, idleRounds: number): number {
  if (claimed === CLAIM_LIMIT && published > 0) return 0;
  if (claimed > 0) return BUSY_PAUSE_MS;
  return Math.min(IDLE_PAUSE_MS, BUSY_PAUSE_MS * 2 ** Math.min(idleRounds, 10));
}
