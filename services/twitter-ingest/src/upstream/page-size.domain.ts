/** Sizes a search falls back to when X cannot answer larger pages in time; the cure users of twarc found (twarc#449). */
export const PAGE_SIZES = [100, 50, 20] as const;

/** Answers 503 in a row after which pages get smaller. */
const FAILURES_TO_SHRINK = 2;

/** How long pages stay small before the next larger size is tried. */
const STAY_MS = 10 * 60_000;

export interface PageSizeState {
  size: number;
  failures: number;
  /** When the size or the failures last changed, milliseconds. */
  changedAt: number;
}

export const LARGEST: PageSizeState = { size: PAGE_SIZES[0], failures: 0, changedAt: 0 };

/** After an answer 503. */
export function afterFailure(state: PageSizeState, now: number): PageSizeState {
  const failures = state.failures + 1;
  if (failures < FAILURES_TO_SHRINK) return { ...state, failures, changedAt: now };
  const smaller = PAGE_SIZES.find((size) => size < state.size);
  return { size: smaller ?? state.size, failures: 0, changedAt: now };
}

/** After a good answer: one size up when the small one has held long enough. */
export function afterSuccess(state: PageSizeState, now: number): PageSizeState {
  const larger = PAGE_SIZES.findLast((size) => size > state.size);
  if (larger === undefined) return LARGEST;
  if (now - state.changedAt < STAY_MS) return { ...state, failures: 0 };
  return { size: larger, failures: 0, changedAt: now };
}
