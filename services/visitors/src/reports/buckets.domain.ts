import type { VisitorInterval } from '#libs/contracts';
import { monthOf, weekOf, type Day } from '../calendar/day.domain.js';
import type { Stretch } from '../calendar/period.domain.js';

/** The day after the last of the bucket a day lies in. */
const NEXT: Record<Exclude<VisitorInterval, 'total'>, (day: Day) => Day> = {
  day: (day) => day + 1,
  week: (day) => weekOf(day) + 7,
  month: (day) => monthOf(day, 1),
};

/** First day of a report that names none. */
export function defaultFirst(interval: Exclude<VisitorInterval, 'total'>, today: Day): Day {
  if (interval === 'day') return today - 29;
  return interval === 'week' ? weekOf(today) - 11 * 7 : monthOf(today, -11);
}

/** Cuts a stretch at the borders of its weeks or months; the first and the last may be parts of one. */
export function* cut({ first, last }: Stretch, interval: VisitorInterval): Generator<Stretch> {
  if (interval === 'total') {
    yield { first, last };
    return;
  }
  for (let day = first; day <= last;) {
    const next = Math.min(last + 1, NEXT[interval](day));
    yield { first: day, last: next - 1 };
    day = next;
  }
}
