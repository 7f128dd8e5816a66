/** A stretch of time in milliseconds since the epoch, start inclusive, end exclusive; an absent end is open. */
export interface TimeRange {
  from?: number;
  to?: number;
}

export interface BoundedRange {
  from: number;
  to: number;
}

export interface SplitRange {
  /** Whole units (as unit numbers) that a roll-up answers; undefined when the range holds none. */
  body: TimeRange | undefined;
  /** What is left at the ends, for the facts; at most two. */
  edges: BoundedRange[];
}

/** Cuts a range into whole units and what sticks out at its ends. */
export function splitRange({ from, to }: TimeRange, unitMs: number): SplitRange {
  const first = from === undefined ? undefined : Math.ceil(from / unitMs);
  const end = to === undefined ? undefined : Math.floor(to / unitMs);
  if (from !== undefined && to !== undefined && first! >= end!) {
    return { body: undefined, edges: from < to ? [{ from, to }] : [] };
  }
  const edges: BoundedRange[] = [];
  if (from !== undefined && from < first! * unitMs) edges.push({ from, to: first! * unitMs });
  if (to !== undefined && end! * unitMs < to) edges.push({ from: end! * unitMs, to });
  return { body: { from: first, to: end }, edges };
}
