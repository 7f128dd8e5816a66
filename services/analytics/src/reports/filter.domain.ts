import type { ReportFilter } from '#libs/contracts';
import { RangeReversedError } from '../analytics.errors.js';
import { KIND_CODE, QUARTER_MS, SOURCE_CODE } from '../codes.domain.js';
import type { TimeRange } from '../time/range.domain.js';

/** A report's filter in the terms of the tables. */
export interface Filter extends TimeRange {
  tagId: number;
  source?: number;
  kind?: number;
}

/**
 * Milliseconds of an ISO instant, rounded up: posts are known to the millisecond, so rounding up keeps "from" inclusive
 * and "to" exclusive for instants with more digits.
 */
export function instantMs(text: string): number {
  const finer = /\.\d{3}\d*[1-9]/.test(text) ? 1 : 0;
  return Date.parse(text) + finer;
}

export function toFilter(input: Omit<ReportFilter, 'tag'>, tagId: number): Filter {
  const from = input.from === undefined ? undefined : instantMs(input.from);
  const to = input.to === undefined ? undefined : instantMs(input.to);
  if (from !== undefined && to !== undefined && from > to) throw new RangeReversedError(input.from!, input.to!);
  return {
    tagId,
    from,
    to,
    source: input.source && SOURCE_CODE[input.source],
    kind: input.kind && KIND_CODE[input.kind],
  };
}

/** Drops an end of the range that lies outside the tag's data anyway, so that the roll-ups without time can answer. */
export function withinData(filter: Filter, data: { first: number; last: number } | undefined): Filter {
  if (data === undefined) return filter;
  const { from, to } = filter;
  return {
    ...filter,
    from: from !== undefined && from > data.first * QUARTER_MS ? from : undefined,
    to: to !== undefined && to < (data.last + 1) * QUARTER_MS ? to : undefined,
  };
}

export function isoInstant(ms: number): string {
  return new Date(ms).toISOString();
}
