import { Sfc32, type RandomState } from './random.domain.js';

/** Few enough that the places they lead to stay in the cache of a core between being fetched and being swapped. */
const BATCH = 1_024;

/** The swaps number `from`, `from` + `step`, … with the places `others[0]`, `others[1]`, … up to `length`. */
export type SwapBatch = (from: number, step: 1 | -1, others: Uint32Array, length: number) => void;

/**
 * The swaps of a Fisher-Yates shuffle of `count` things, in batches: place i from the last to the second changes with a
 * place from 0 to i. Every order of the things is possible; the state decides which.
 */
export function shuffleSwaps(count: number, state: RandomState, apply: SwapBatch): void {
  const random = new Sfc32(state);
  const others = new Uint32Array(BATCH);
  for (let i = count - 1; i > 0; i -= BATCH) {
    const length = Math.min(BATCH, i);
    random.drawFalling(others, length, i + 1);
    apply(i, -1, others, length);
  }
}

/** The same swaps in the opposite order: applied after {@link shuffleSwaps} they put everything back. */
export function unshuffleSwaps(count: number, state: RandomState, apply: SwapBatch): void {
  const random = new Sfc32(state);
  if (count > 1) random.skip(count - 1);
  const others = new Uint32Array(BATCH);
  for (let i = 1; i < count; i += BATCH) {
    const length = Math.min(BATCH, count - i);
    random.undrawRising(others, length, i + 1);
    apply(i, 1, others, length);
  }
}
