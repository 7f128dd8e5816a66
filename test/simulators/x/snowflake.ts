const EPOCH_MS = 1_288_834_974_657n;

/** Ids of X carry the time of creation: 42 bits of milliseconds, then 22 bits that tell apart what one millisecond made. */
export function snowflake(ms: number, sequence: number): string {
  return String(((BigInt(Math.floor(ms)) - EPOCH_MS) << 22n) | BigInt(sequence & 0x3fffff));
}

export function snowflakeMs(id: string): number {
  return Number((BigInt(id) >> 22n) + EPOCH_MS);
}

/** Negative when `a` is the older id. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
