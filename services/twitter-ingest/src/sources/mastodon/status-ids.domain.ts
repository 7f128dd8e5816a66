/** A status as paging needs it: its id on that server, when it was written (milliseconds), and its URI if that server is its home. */
export type Mark = readonly [id: string, createdAt: number, uri?: string];

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
  const byId = new Map([...a, ...b].map((mark) => [mark[0], mark]));
  return [...byId.values()].sort(([x], [y]) => compareIds(y, x));
}

/**
 * Known statuses that a page should have shown and does not. Only those at home on that server count: another one may keep
 * a status back for reasons of its own.
 *
 * @param from the id above which the page was asked for
 * @param isLast whether nothing comes after the page
 */
export function missingFrom(page: readonly Mark[], known: readonly Mark[], from: string, isLast: boolean): Mark[] {
  const shown = new Set(page.map(([id]) => id));
  const to = page[0]?.[0];
  const covered = (id: string) => compareIds(id, from) > 0 && (isLast || (to !== undefined && compareIds(id, to) <= 0));
  return known.filter(([id, , uri]) => uri !== undefined && covered(id) && !shown.has(id));
}

/** The marks the next round needs; the last of them is where it begins: nothing newer than that and old enough is known. */
export function keepOverlap(marks: readonly Mark[], now: number): Mark[] {
  const old = marks.findIndex(([, createdAt]) => createdAt <= now - OVERLAP_MS);
  return marks.slice(0, Math.min(old === -1 ? marks.length : old + 1, MAX_OVERLAP));
}
