/** How long to wait for a condition and how often to look; milliseconds. */
export interface EventuallyOptions {
  /** Default 5000. */
  timeoutMs?: number;
  /** Pause between two looks, default 25. */
  everyMs?: number;
}

/**
 * Calls `look` until it neither throws nor returns `false`, and returns its result. Use it instead of sleeping: it ends
 * as soon as the condition holds.
 *
 * @throws the last error of `look`, with the time that was spent, when the condition never held
 */
export async function eventually<T>(look: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const { timeoutMs = 5_000, everyMs = 25 } = options;
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    let failure: unknown;
    try {
      const value = await look();
      if (value !== false) return value;
      failure = new Error('the condition returned false');
    } catch (error) {
      failure = error;
    }
    if (Date.now() >= giveUpAt) throw tooLate(failure, timeoutMs);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

// The original error is kept where possible: its diff is what a reader of the failed test needs.
function tooLate(failure: unknown, timeoutMs: number): Error {
  if (!(failure instanceof Error)) return new Error(`still failing after ${timeoutMs} ms: ${String(failure)}`);
  failure.message = `still failing after ${timeoutMs} ms: ${failure.message}`;
  return failure;
}
