import type { VisitTally } from '#libs/contracts';
import { parseDay, type Day } from '../calendar/day.domain.js';

/** What a site got on a day, summed over all tallies of a batch. */
export interface DayTally {
  site: string;
  day: Day;
  hits: number;
  dnt: number;
  bots: number;
  visitors: Set<string>;
  /** By key period: what the visitors do to the sketch. */
  registers: Map<number, Set<number>>;
  /** Hits by the host that led to them. */
  referrers: Map<string, number>;
}

/** Sums tallies by site and day. They come out sorted, so that two transactions lock rows in the same order. */
export function sumTallies(tallies: Iterable<VisitTally>): DayTally[] {
  const sums = new Map<string, DayTally>();
  for (const tally of tallies) {
    const key = `${tally.day} ${tally.site}`;
    let sum = sums.get(key);
    if (!sum) {
      const { site, day } = tally;
      sum = {
        site,
        day: parseDay(day),
        hits: 0,
        dnt: 0,
        bots: 0,
        visitors: new Set(),
        registers: new Map(),
        referrers: new Map(),
      };
      sums.set(key, sum);
    }
    sum.hits += tally.hits;
    sum.dnt += tally.dnt;
    sum.bots += tally.bots;
    for (const visitor of tally.visitors) sum.visitors.add(visitor);
    for (const { host, hits } of tally.referrers) sum.referrers.set(host, (sum.referrers.get(host) ?? 0) + hits);
    for (const { period, values } of tally.registers) {
      const known = sum.registers.get(period);
      if (!known) sum.registers.set(period, new Set(values));
      else for (const value of values) known.add(value);
    }
  }
  return [...sums.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
}
