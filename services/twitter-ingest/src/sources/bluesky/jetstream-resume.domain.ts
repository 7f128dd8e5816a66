/** Where a stream was read up to. Times are the only cursor that another instance understands. */
export interface JetstreamCursor {
  endpoint: string;
  timeUs: number;
}

/** How far back an endpoint goes. */
export const LOOKBACK_MS = 36 * 3_600_000;

/** A stream is resumed a little earlier than it was left, more on another instance, which has its own clock. */
const REWIND_US = 5_000_000;
const REWIND_ELSEWHERE_US = 60_000_000;

/** Captures that began before anybody read the stream at all. */
const FIRST_REWIND_MS = 120_000;

/** The network is never silent for so long: if the first event is that much newer, what lay between is gone. */
export const GAP_US = 60_000_000;

/** @param stored JSON of an earlier process */
export function readCursor(stored: unknown): JetstreamCursor | null {
  const { endpoint, timeUs } = (stored ?? {}) as Partial<JetstreamCursor>;
  return typeof endpoint === 'string' && typeof timeUs === 'number' && Number.isSafeInteger(timeUs)
    ? { endpoint, timeUs }
    : null;
}

/**
 * The cursor to connect with, in microseconds.
 *
 * @param since when the oldest of the followed captures began: nobody wants what was before
 */
export function resumeAt(cursor: JetstreamCursor | null, endpoint: string, since: Date | null, now: number): number {
  if (!cursor) return (now - FIRST_REWIND_MS) * 1_000;
  const rewound = cursor.timeUs - (cursor.endpoint === endpoint ? REWIND_US : REWIND_ELSEWHERE_US);
  const earliest = since === null ? 0 : (since.getTime() - FIRST_REWIND_MS) * 1_000;
  return Math.max(rewound, Math.min(earliest, now * 1_000));
}

/** The stretch between the cursor that was asked for and the first event, if it is one that cannot be quiet. */
export function gapBetween(askedUs: number, firstUs: number): { from: Date; to: Date } | null {
  if (firstUs - askedUs <= GAP_US) return null;
  return { from: new Date(Math.floor(askedUs / 1_000)), to: new Date(Math.ceil(firstUs / 1_000)) };
}
