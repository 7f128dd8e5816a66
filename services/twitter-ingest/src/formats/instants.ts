/** Posts are dated within these bounds: the first tweet is of March 2006, and no post comes from the far future. */
const EARLIEST = Date.UTC(2006, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);
const CLOCK_SKEW_MS = 5 * 60_000;

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

function inBounds(ms: number): number | null {
  return ms >= EARLIEST && ms <= LATEST ? Math.floor(ms) : null;
}

/** An ISO 8601 instant in milliseconds, if it can be the date of a post. */
export function isoInstant(value: unknown): number | null {
  return typeof value === 'string' && value.length <= 40 && ISO.test(value) ? inBounds(Date.parse(value)) : null;
}

const V1 = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) (\d\d):(\d\d):(\d\d) \+0000 (\d{4})$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The date form of v1.1: `Wed Aug 27 13:08:45 +0000 2008`. */
export function v1Instant(value: unknown): number | null {
  const parts = typeof value === 'string' ? V1.exec(value) : null;
  if (!parts) return null;
  const month = MONTHS.indexOf(parts[1]!);
  if (month === -1) return null;
  return inBounds(Date.UTC(+parts[6]!, month, +parts[2]!, +parts[3]!, +parts[4]!, +parts[5]!));
}

/** Milliseconds from an epoch figure, if they can be the date of a post. */
export function epochInstant(ms: unknown): number | null {
  return typeof ms === 'number' ? inBounds(ms) : null;
}

const SNOWFLAKE_EPOCH = 1_288_834_974_657n;
/** The last sequential id; every later one carries its time (X, November 2010). */
const LAST_SEQUENTIAL_ID = 29_700_859_247n;

/** The creation time inside an X id. */
export function snowflakeInstant(id: string): number | null {
  const value = BigInt(id);
  return value > LAST_SEQUENTIAL_ID ? inBounds(Number((value >> 22n) + SNOWFLAKE_EPOCH)) : null;
}

const TID = /^[2-7a-j][2-7a-z]{12}$/;
const TID_DIGITS = '234567abcdefghijklmnopqrstuvwxyz';

/** The creation time inside a record key of the AT Protocol (specification "Timestamp Identifiers (TIDs)"). */
export function tidInstant(rkey: string): number | null {
  if (!TID.test(rkey)) return null;
  let value = 0n;
  for (const digit of rkey) value = (value << 5n) | BigInt(TID_DIGITS.indexOf(digit));
  return inBounds(Number((value >> 10n) / 1_000n));
}

/**
 * A date its author claims, unless it lies before all posts or after it was seen: then that of the record key, under the same
 * condition, which every version of a post has in common; else the moment it was seen.
 */
export function claimedInstant(claimed: unknown, rkey: string, seen: number | null): number | null {
  const latest = seen === null ? LATEST : seen + CLOCK_SKEW_MS;
  return [isoInstant(claimed), tidInstant(rkey)].find((ms) => ms !== null && ms <= latest) ?? seen;
}
