const DAY_MS = 86_400_000;

/** A whole UTC day, as days since 1970-01-01. */
export type Day = number;

export function dayOf(ms: number): Day {
  return Math.floor(ms / DAY_MS);
}

/** First instant of the day, milliseconds since the epoch. */
export function startOf(day: Day): number {
  return day * DAY_MS;
}

/** `YYYY-MM-DD` to a day. */
export function parseDay(text: string): Day {
  return dayOf(Date.parse(`${text}T00:00:00Z`));
}

export function formatDay(day: Day): string {
  return new Date(startOf(day)).toISOString().slice(0, 10);
}

/** The Monday on or before the day; 1970-01-01 was a Thursday. */
export function weekOf(day: Day): Day {
  return day - ((((day + 3) % 7) + 7) % 7);
}

/** First day of the calendar month, moved by some months. */
export function monthOf(day: Day, offset: number = 0): Day {
  const date = new Date(startOf(day));
  return dayOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + offset, 1));
}
