/** X ids carry their creation time since November 2010 (X developer docs, "X IDs"). */
const EPOCH_MS = 1_288_834_974_657n;
const LAST_SEQUENTIAL = 29_700_859_247n;
const TIME_SHIFT = 22n;

/** When a post was made; null for ids from before they carried a time. */
export function msOfId(id: string): number | null {
  const value = BigInt(id);
  return value > LAST_SEQUENTIAL ? Number((value >> TIME_SHIFT) + EPOCH_MS) : null;
}

/** The largest id before a moment: asking for newer ones gives everything made from that millisecond on. */
export function idBefore(ms: number): string {
  return String(((BigInt(ms) - EPOCH_MS) << TIME_SHIFT) - 1n);
}

/** The newer of two ids, either of which may be missing. */
export function newerId(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return BigInt(a) >= BigInt(b) ? a : b;
}
