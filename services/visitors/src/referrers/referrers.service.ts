import { Inject, Injectable } from '@nestjs/common';
import type { VisitorReferrers } from '#libs/contracts';
import type { Clock } from '#libs/kernel';
import { dayOf, formatDay, parseDay } from '../calendar/day.domain.js';
import { defaultFirst } from '../reports/buckets.domain.js';
import { RangeReversedError } from '../reports/reports.errors.js';
import { CLOCK } from '../visitors.clock.js';
import { ReferrerRepository } from './referrer.repository.js';

/** Answers which hosts led to the visits of a site. */
@Injectable()
export class Referrers {
  constructor(
    private readonly rows: ReferrerRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws RangeReversedError */
  async list(ask: { site: string; from?: string; to?: string; limit: number }): Promise<VisitorReferrers> {
    const last = ask.to === undefined ? dayOf(this.clock.now()) : parseDay(ask.to) - 1;
    const first = ask.from === undefined ? defaultFirst('day', last) : parseDay(ask.from);
    if (first > last) throw new RangeReversedError(ask.from, ask.to);
    const { hosts, total } = await this.rows.top(ask.site, { first, last }, ask.limit);
    return {
      site: ask.site,
      tz: 'UTC',
      from: formatDay(first),
      to: formatDay(last + 1),
      referrers: hosts,
      other: total - hosts.reduce((sum, { hits }) => sum + hits, 0),
    };
  }
}
