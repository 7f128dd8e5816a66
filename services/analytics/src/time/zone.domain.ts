/** A stretch of time in which a zone keeps one offset from UTC; `offset` in milliseconds, east positive. */
export interface Segment {
  from: number;
  to: number;
  offset: number;
}

/** No zone changes its offset twice within this time, so equal offsets at both ends mean no change between. */
const PROBE_MS = 3 * 86_400_000;
const REMEMBERED_YEARS = 5_000;

const formats = new Map<string, Intl.DateTimeFormat>();
const yearsByZone = new Map<string, Segment[]>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}

/** Offset of a zone at an instant, in milliseconds, by the time zone data of the runtime. */
export function offsetAt(zone: string, instant: number): number {
  const second = Math.floor(instant / 1_000) * 1_000;
  const part: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(second)) part[type] = Number(value);
  const local = Date.UTC(
    part['year']!,
    part['month']! - 1,
    part['day']!,
    part['hour']!,
    part['minute']!,
    part['second']!,
  );
  return local - second;
}

/** First second in (from, to] at which the offset is no longer that at `from`; exactly one change lies between. */
function changeBetween(zone: string, from: number, to: number, before: number): number {
  let low = from;
  let high = to;
  while (high - low > 1_000) {
    const middle = Math.floor((low + high) / 2_000) * 1_000;
    if (middle <= low || middle >= high) break;
    if (offsetAt(zone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

function segmentsOfYear(zone: string, year: number): Segment[] {
  const key = `${zone}|${year}`;
  const known = yearsByZone.get(key);
  if (known) return known;
  const end = Date.UTC(year + 1, 0);
  const segments: Segment[] = [];
  let from = Date.UTC(year, 0);
  let offset = offsetAt(zone, from);
  for (let at = from; at < end;) {
    const next = Math.min(at + PROBE_MS, end);
    const nextOffset = offsetAt(zone, next);
    if (nextOffset !== offset) {
      const change = changeBetween(zone, at, next, offset);
      segments.push({ from, to: change, offset });
      from = change;
      offset = nextOffset;
    }
    at = next;
  }
  if (from < end) segments.push({ from, to: end, offset });
  if (yearsByZone.size >= REMEMBERED_YEARS) yearsByZone.clear();
  yearsByZone.set(key, segments);
  return segments;
}

/** The offsets of a zone over [from, to), oldest first, without gaps. Years 1970 to 9999. */
export function segmentsOf(zone: string, from: number, to: number): Segment[] {
  if (from >= to) return [];
  const merged: Segment[] = [];
  const lastYear = new Date(to - 1).getUTCFullYear();
  for (let year = new Date(from).getUTCFullYear(); year <= lastYear; year++) {
    for (const segment of segmentsOfYear(zone, year)) {
      const start = Math.max(segment.from, from);
      const end = Math.min(segment.to, to);
      const last = merged.at(-1);
      if (start >= end) continue;
      if (last && last.offset === segment.offset) last.to = end;
      else merged.push({ from: start, to: end, offset: segment.offset });
    }
  }
  return merged;
}
