import type { Interval } from '#libs/contracts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** Wall clock of a zone as text, straight from the runtime: what the tests hold the service against. */
export function wallClock(zone: string, instant: number): { date: string; hour: number; minute: number; wall: number } {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    formats.set(zone, format);
  }
  const match = /^(\d\d)\/(\d\d)\/(\d{4}), (\d\d):(\d\d):(\d\d)$/.exec(format.format(instant));
  if (!match) throw new Error(`cannot read ${format.format(instant)}`);
  const [, day, month, year, hour, minute, second] = match as unknown as string[];
  const wall = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return { date: `${year}-${month}-${day}`, hour: Number(hour), minute: Number(minute), wall };
}

/** Name of the interval an instant belongs to. Repeated hours are told apart by their offset. */
export function intervalLabel(interval: Interval, zone: string, instant: number): string {
  const { date, hour, minute, wall } = wallClock(zone, instant);
  const offset = wall - Math.floor(instant / 1_000) * 1_000;
  if (interval === '15m') return `${date} ${hour}:${Math.floor(minute / 15)} ${offset}`;
  if (interval === 'hour') return `${date} ${hour} ${offset}`;
  if (interval === 'month') return date.slice(0, 7);
  if (interval === 'day') return date;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const sinceMonday = (new Date(midnight).getUTCDay() + 6) % 7;
  return new Date(midnight - sinceMonday * 86_400_000).toISOString().slice(0, 10);
}
