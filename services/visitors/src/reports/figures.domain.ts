import type { VisitorBucket } from '#libs/contracts';
import { formatDay, type Day } from '../calendar/day.domain.js';
import type { Stretch } from '../calendar/period.domain.js';

/** The counters of a site on one day. */
export interface DayCount {
  day: Day;
  uniques: number;
  hits: number;
  dnt: number;
  bots: number;
}

/** How many different visitors. */
export interface Uniques {
  unique: number;
  /** Standard error in percent; undefined when the number is exact. */
  errorPct?: number;
  /** Longer than a key lives. */
  mayRepeat?: boolean;
}

/** Days that had visitors, as the shortest stretch around them; undefined when there were none. */
export function visitedStretch(counts: readonly DayCount[]): Stretch | undefined {
  const visited = counts.filter(({ uniques }) => uniques > 0);
  return visited.length === 0 ? undefined : { first: visited[0]!.day, last: visited.at(-1)!.day };
}

/**
 * What the exact days say about a stretch: its visitors are no fewer than those of its best day, and no more than those of
 * all its days added up. An estimate outside is moved to the nearer bound; where both are equal nothing is left to
 * estimate.
 */
export function withinDays(estimated: Uniques, counts: readonly DayCount[]): Uniques {
  const least = counts.reduce((most, { uniques }) => Math.max(most, uniques), 0);
  const most = counts.reduce((sum, { uniques }) => sum + uniques, 0);
  if (least === most) return { unique: least };
  return { ...estimated, unique: Math.min(most, Math.max(least, Math.round(estimated.unique))) };
}

export function bucketOf({ first, last }: Stretch, counts: readonly DayCount[], uniques: Uniques): VisitorBucket {
  const sum = (field: 'hits' | 'dnt' | 'bots') => counts.reduce((total, count) => total + count[field], 0);
  return {
    from: formatDay(first),
    to: formatDay(last + 1),
    unique: uniques.unique,
    exact: uniques.errorPct === undefined,
    ...(uniques.errorPct !== undefined && { error_pct: Math.round(uniques.errorPct * 10) / 10 }),
    ...(uniques.mayRepeat && { may_repeat: true as const }),
    hits: sum('hits'),
    bots: sum('bots'),
    dnt: sum('dnt'),
  };
}
