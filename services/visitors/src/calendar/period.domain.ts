import type { Day } from './day.domain.js';

/** A new long-lived key begins this often. */
export const STEP_DAYS = 31;

/** How long such a key is used: two steps, so that two are in use at any time. */
const PERIOD_DAYS = 2 * STEP_DAYS;

/** Number of the block of {@link STEP_DAYS} days a day lies in. */
export function blockOf(day: Day): number {
  return Math.floor(day / STEP_DAYS);
}

export function firstDayOfBlock(block: number): Day {
  return block * STEP_DAYS;
}

/** First and last day on which the key of a period is used. It has the number of the first of its two blocks. */
export function daysOfPeriod(period: number): { first: Day; last: Day } {
  const first = firstDayOfBlock(period);
  return { first, last: first + PERIOD_DAYS - 1 };
}

/** The two periods whose keys are used on a day. */
export function periodsOf(day: Day): [number, number] {
  const block = blockOf(day);
  return [block - 1, block];
}

/** A stretch of days, both ends included. */
export interface Stretch {
  first: Day;
  last: Day;
}

/**
 * A period that has the whole stretch. Every stretch of up to 32 days has one: it begins in some block b and, being no
 * longer than a block and a day, ends at the latest in block b + 1.
 */
export function periodOver({ first, last }: Stretch): number | undefined {
  const period = blockOf(first);
  return last <= daysOfPeriod(period).last ? period : undefined;
}

/** One summand of the visitors of a long stretch: those of `seen` that are not in `known`, both under one key. */
export interface Arrivals {
  period: number;
  seen: Stretch;
  known: Stretch | undefined;
}

/**
 * A stretch longer than any key lives, as a sum: who came in the first block, and in each next block those who did not
 * come in the block before. Somebody who comes in every block counts once, somebody who stays away for a whole block
 * counts again.
 */
export function arrivalsIn({ first, last }: Stretch): Arrivals[] {
  const parts: Arrivals[] = [];
  for (let block = blockOf(first); block <= blockOf(last); block++) {
    const end = Math.min(last, firstDayOfBlock(block + 1) - 1);
    if (parts.length === 0) {
      parts.push({ period: block, seen: { first, last: end }, known: undefined });
      continue;
    }
    const before = Math.max(first, firstDayOfBlock(block - 1));
    parts.push({
      period: block - 1,
      seen: { first: before, last: end },
      known: { first: before, last: firstDayOfBlock(block) - 1 },
    });
  }
  return parts;
}
