/** A status as paging needs it: its id on that server, and when it was written (milliseconds). */
export type Mark = readonly [id: string, createdAt: number];

/** How long after a post its edits are still looked for, and how late other servers may deliver it. */
export const OVERLAP_MS = 15 * 60_000;

/** Five pages: a busy tag does not read more than this again. */
const MAX_OVERLAP = 200;

/** Ids are opaque; the guidelines of the API order them by length, then as text. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Newest first, each id once. */
export function mergeMarks(a: readonly Mark[], b: readonly Mark[]): Mark[] {
  return [...new Map([...a, ...b]).entries()].sort(([x], [y]) => compareIds(y, x));
}

/** The marks the next round needs; the last of them is where it begins: nothing newer than that and old enough is known. */
export function keepOverlap(marks: readonly Mark[], now: number): Mark[] {
  const old = marks.findIndex(([, createdAt]) => createdAt <= now - OVERLAP_MS);
  return marks.slice(0, Math.min(old === -1 ? marks.length : old + 1, MAX_OVERLAP));
}
