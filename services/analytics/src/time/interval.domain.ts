import type { Interval } from '#libs/contracts';
import { DAY_MS, QUARTER_MS } from '../codes.domain.js';
import { segmentsOf } from './zone.domain.js';

/** A stretch of time that belongs to the series point number `point`. */
export interface Piece {
  from: number;
  to: number;
  point: number;
}

export interface Series {
  /** Start of each point; the first may lie before the range asked for. */
  starts: number[];
  /** Oldest first, without gaps, clipped to the range asked for. */
  pieces: Piece[];
}

const HOUR_MS = 3_600_000;
const WEEK_DAYS = 7;
/** 1970-01-01 was a Thursday: three days after a Monday. */
const EPOCH_AFTER_MONDAY = 3;

/** How far before an instant the interval that holds it may begin; a zone's shift may add to its length. */
const REACH_MS: Record<Interval, number> = {
  '15m': DAY_MS,
  hour: DAY_MS,
  day: 3 * DAY_MS,
  week: 9 * DAY_MS,
  month: 33 * DAY_MS,
};

/** Shortest interval of each kind, to tell in advance how many points a range has at most. */
export const LEAST_MS: Record<Interval, number> = {
  '15m': QUARTER_MS,
  hour: HOUR_MS,
  day: DAY_MS,
  week: WEEK_DAYS * DAY_MS,
  month: 28 * DAY_MS,
};

interface Cell {
  label: number;
  localEnd: number;
}

/** The interval that holds a local time (milliseconds of the wall clock read as if it were UTC). */
function cellAt(interval: Interval, local: number): Cell {
  if (interval === 'month') {
    const date = new Date(local);
    const label = date.getUTCFullYear() * 12 + date.getUTCMonth();
    return { label, localEnd: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) };
  }
  const unit = LEAST_MS[interval];
  const shift = interval === 'week' ? EPOCH_AFTER_MONDAY * DAY_MS : 0;
  const label = Math.floor((local + shift) / unit);
  return { label, localEnd: (label + 1) * unit - shift };
}

/**
 * Cuts [from, to) into the intervals of a zone's wall clock. Days, weeks and months are calendar dates, whatever their
 * length; quarters and hours are stretches of real time, so an hour the clock repeats gives two points.
 */
export function seriesOf(interval: Interval, zone: string, from: number, to: number): Series {
  const starts: number[] = [];
  const pieces: Piece[] = [];
  const pointOfLabel = new Map<number | string, number>();
  const isCalendar = interval === 'day' || interval === 'week' || interval === 'month';
  for (const segment of segmentsOf(zone, Math.max(from - REACH_MS[interval], 0), to)) {
    for (let at = segment.from; at < segment.to;) {
      const { label, localEnd } = cellAt(interval, at + segment.offset);
      const end = Math.min(localEnd - segment.offset, segment.to);
      const key = isCalendar ? label : `${segment.from}|${label}`;
      let point = pointOfLabel.get(key);
      if (point === undefined) {
        point = starts.length;
        starts.push(at);
        pointOfLabel.set(key, point);
      }
      if (end > from) pieces.push({ from: Math.max(at, from), to: Math.min(end, to), point });
      at = end;
    }
  }
  const first = pieces.reduce((least, { point }) => Math.min(least, point), Infinity);
  if (first === Infinity) return { starts: [], pieces: [] };
  return {
    starts: starts.slice(first),
    pieces: pieces.map((piece) => ({ ...piece, point: piece.point - first })),
  };
}
