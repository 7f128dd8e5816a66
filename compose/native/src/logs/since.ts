const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * An instant as people tell it: `90s`, `15m`, `2h` or `1d` ago, or a date with or without a time, in UTC unless it says
 * otherwise.
 *
 * @returns ISO 8601 in UTC with milliseconds; undefined when it is neither
 */
export function instantOf(text: string, nowMs: number): string | undefined {
  const ago = /^(\d{1,6})([smhd])$/.exec(text);
  if (ago) return new Date(nowMs - Number(ago[1]) * UNITS[ago[2]!]!).toISOString();
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/i.test(text);
  const ms = Date.parse(hasZone || text.length === 10 ? text : `${text.replace(' ', 'T')}Z`);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
