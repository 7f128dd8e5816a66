import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#libs/kernel';
import { dayOf } from '../calendar/day.domain.js';
import { arrivalsIn, periodOver, type Stretch } from '../calendar/period.domain.js';
import { GRACE_MS } from '../keys/keys.service.js';
import { ERROR_PCT, estimate, mergeSketch, type Sketch } from '../sketch/sketch.domain.js';
import { CLOCK } from '../visitors.clock.js';
import { visitedStretch, withinDays, type DayCount, type Uniques } from './figures.domain.js';
import { ReportRepository } from './report.repository.js';

/** Sketches of closed days that are kept merged: 32 KiB each. */
const MAX_KEPT = 256;

/** Answers how many different visitors a site had over some days. */
@Injectable()
export class UniqueVisitors {
  private readonly kept = new Map<string, Sketch>();

  constructor(
    private readonly reports: ReportRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param counts the counters of the days asked for */
  async of(siteId: number, counts: readonly DayCount[]): Promise<Uniques> {
    const stretch = visitedStretch(counts);
    if (!stretch) return { unique: 0 };
    if (stretch.first === stretch.last) return withinDays({ unique: 0 }, counts);
    const period = periodOver(stretch);
    if (period === undefined) return withinDays(await this.overKeys(siteId, stretch), counts);
    return withinDays({ unique: estimate(await this.union(siteId, period, stretch)), errorPct: ERROR_PCT }, counts);
  }

  private async overKeys(siteId: number, stretch: Stretch): Promise<Uniques> {
    let unique = 0;
    let variance = 0;
    for (const { period, seen, known } of arrivalsIn(stretch)) {
      const all = estimate(await this.union(siteId, period, seen));
      const before = known ? estimate(await this.union(siteId, period, known)) : 0;
      unique += Math.max(0, all - before);
      // Both share registers, so their errors go the same way and the difference errs less than this.
      variance += all ** 2 + before ** 2;
    }
    return { unique, errorPct: (ERROR_PCT * Math.sqrt(variance)) / Math.max(1, unique), mayRepeat: true };
  }

  /** Closed days never change again, so their part is merged once. */
  private async union(siteId: number, period: number, { first, last }: Stretch): Promise<Sketch> {
    const lastClosed = Math.min(last, dayOf(this.clock.now() - GRACE_MS) - 2);
    if (lastClosed < first) return this.reports.union(siteId, period, { first, last });
    const closed = await this.closedUnion(siteId, period, { first, last: lastClosed });
    if (lastClosed === last) return closed;
    const open = await this.reports.union(siteId, period, { first: lastClosed + 1, last });
    mergeSketch(open, closed);
    return open;
  }

  private async closedUnion(siteId: number, period: number, stretch: Stretch): Promise<Sketch> {
    const key = `${siteId} ${period} ${stretch.first} ${stretch.last}`;
    const sketch = this.kept.get(key) ?? (await this.reports.union(siteId, period, stretch));
    // Deleting first makes the map a list by last use.
    this.kept.delete(key);
    this.kept.set(key, sketch);
    if (this.kept.size > MAX_KEPT) this.kept.delete(this.kept.keys().next().value!);
    return sketch;
  }
}
