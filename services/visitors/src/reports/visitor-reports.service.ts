import { Inject, Injectable } from '@nestjs/common';
import {
  VISITOR_DEFINITION,
  type VisitorBucket,
  type VisitorInterval,
  type VisitorReport,
  type VisitorSummary,
} from '#libs/contracts';
import type { Clock } from '#libs/kernel';
import { dayOf, monthOf, parseDay } from '../calendar/day.domain.js';
import type { Stretch } from '../calendar/period.domain.js';
import { CLOCK } from '../visitors.clock.js';
import { cut, defaultFirst } from './buckets.domain.js';
import { bucketOf, type DayCount } from './figures.domain.js';
import { ReportRepository } from './report.repository.js';
import { UniqueVisitors } from './unique-visitors.service.js';
import { RangeReversedError, TooManyBucketsError } from './reports.errors.js';

const MAX_BUCKETS = 400;

/** Every day a table can hold. */
const EVER: Stretch = { first: 0, last: 2 ** 31 - 1 };

const HEAD = { tz: 'UTC', definition: VISITOR_DEFINITION } as const;

interface Site {
  id: number;
  counts: DayCount[];
}

/** The figures of a site. One that nobody has visited has figures too: zeros. */
@Injectable()
export class VisitorReports {
  constructor(
    private readonly reports: ReportRepository,
    private readonly uniques: UniqueVisitors,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws RangeReversedError, TooManyBucketsError */
  async report(ask: { site: string; from?: string; to?: string; interval: VisitorInterval }): Promise<VisitorReport> {
    const { site: name, interval } = ask;
    const today = dayOf(this.clock.now());
    const last = ask.to === undefined ? today : parseDay(ask.to) - 1;
    const from = ask.from === undefined ? undefined : parseDay(ask.from);
    const asked = { first: from ?? (interval === 'total' ? EVER.first : defaultFirst(interval, last)), last };
    if (asked.first > last) throw new RangeReversedError(ask.from, ask.to);
    const site = await this.siteOf(name, asked);
    // All of the time before the first visit is no news.
    const first = interval === 'total' && from === undefined ? (site.counts[0]?.day ?? last) : asked.first;
    const stretches: Stretch[] = [];
    for (const stretch of cut({ first, last }, interval)) {
      if (stretches.push(stretch) > MAX_BUCKETS) throw new TooManyBucketsError(interval, MAX_BUCKETS);
    }
    const buckets: VisitorBucket[] = [];
    for (const stretch of stretches) buckets.push(await this.bucket(site, stretch));
    return { site: name, interval, ...HEAD, buckets };
  }

  async summary(name: string): Promise<VisitorSummary> {
    const today = dayOf(this.clock.now());
    const site = await this.siteOf(name, EVER);
    const back = (days: number): Stretch => ({ first: today - days, last: today });
    const days: VisitorBucket[] = [];
    for (const day of cut(back(29), 'day')) days.push(await this.bucket(site, day));
    return {
      site: name,
      ...HEAD,
      today: days[29]!,
      yesterday: days[28]!,
      last_7_days: await this.bucket(site, back(6)),
      last_30_days: await this.bucket(site, back(29)),
      month: await this.bucket(site, { first: monthOf(today), last: today }),
      all_time: await this.bucket(site, { first: site.counts[0]?.day ?? today, last: today }),
      days,
    };
  }

  private async siteOf(name: string, stretch: Stretch): Promise<Site> {
    const id = await this.reports.siteId(name);
    return id === undefined ? { id: 0, counts: [] } : { id, counts: await this.reports.counts(id, stretch) };
  }

  private async bucket(site: Site, stretch: Stretch): Promise<VisitorBucket> {
    const counts = site.counts.filter(({ day }) => day >= stretch.first && day <= stretch.last);
    return bucketOf(stretch, counts, await this.uniques.of(site.id, counts));
  }
}
