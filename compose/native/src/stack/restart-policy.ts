const WINDOW_MS = 60_000;
const MOST_FAILURES = 5;
const LONGEST_DELAY_MS = 30_000;

export type RestartDecision = { readonly action: 'restart'; readonly delayMs: number } | { readonly action: 'give-up' };

/** When a dead part is started again: after 1, 2, 4 ... 30 s, and not any more after five ends within a minute. */
export class RestartPolicy {
  private ends: number[] = [];
  private inARow = 0;

  /** Reports an end. `ranMs` is how long the part was up: a long run starts the delays from the beginning. */
  onEnd(nowMs: number, ranMs: number): RestartDecision {
    if (ranMs >= WINDOW_MS) this.inARow = 0;
    this.ends = [...this.ends.filter((end) => nowMs - end < WINDOW_MS), nowMs];
    if (this.ends.length >= MOST_FAILURES) return { action: 'give-up' };
    const delayMs = Math.min(LONGEST_DELAY_MS, 1_000 * 2 ** this.inARow);
    this.inARow += 1;
    return { action: 'restart', delayMs };
  }

  /** Somebody asked for a new start by hand: what was before does not count. */
  reset(): void {
    this.ends = [];
    this.inARow = 0;
  }
}
