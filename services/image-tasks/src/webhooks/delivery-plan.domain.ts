/** Pauses before the second, third, … attempt: a receiver that is down for half a day misses nothing. */
const PAUSES_SECONDS = [5, 30, 120, 600, 3_600, 3 * 3_600, 10 * 3_600];

/** What to do after an answer or the lack of one. */
export type NextStep = 'done' | 'unwanted' | 'give-up' | { againInSeconds: number };

/**
 * @param status of the answer, null without one
 * @param attempt 1 for the first
 * @param random from 0 to 1, spreads the attempts of many calls by a fifth
 */
export function nextStep(status: number | null, attempt: number, random: number): NextStep {
  if (status !== null && status >= 200 && status < 300) return 'done';
  if (status === 410) return 'unwanted';
  const pause = PAUSES_SECONDS[attempt - 1];
  return pause === undefined ? 'give-up' : { againInSeconds: Math.round(pause * (0.9 + random / 5)) };
}
