import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Interval, postsOverTimeReport } from '#libs/contracts';
import type { SqlExecutor } from '#libs/kernel';
import { RangeOutOfBoundsError, TooManyPointsError } from '../analytics.errors.js';
import { QUARTER_MS } from '../codes.domain.js';
import { pieceAt, planBuckets } from '../time/bucket-plan.domain.js';
import { LEAST_MS, seriesOf } from '../time/interval.domain.js';
import type { BoundedRange } from '../time/range.domain.js';
import { CountRepository } from './count.repository.js';
import { isoInstant, type Filter } from './filter.domain.js';
import { ReportRunner } from './report-runner.service.js';

const MAX_POINTS = 10_000;
const BOUNDS = { from: 0, to: Date.UTC(2100, 0) } as const;

function assertAllowed(interval: Interval, { from, to }: BoundedRange): void {
  const points = Math.ceil((to - from) / LEAST_MS[interval]);
  if (points > MAX_POINTS) throw new TooManyPointsError(interval, points, MAX_POINTS);
}

@Injectable()
export class SeriesReport {
  constructor(
    private readonly runner: ReportRunner,
    private readonly counts: CountRepository,
  ) {}

  answer(input: z.output<typeof postsOverTimeReport.input>): Promise<z.input<typeof postsOverTimeReport.output>> {
    const { tag, tz, interval } = input;
    return this.runner.run('posts-over-time', input, async (db, filter) => {
      const range = await this.rangeOf(db, filter);
      if (range === undefined) return { answer: { tag, tz, interval, points: [] }, usesFacts: false };
      assertAllowed(interval, range);
      const { starts, pieces } = seriesOf(interval, tz, range.from, range.to);
      const posts = new Array<number>(starts.length).fill(0);
      const plan = planBuckets(pieces);
      for (const { cell, posts: n } of await this.counts.cells(db, filter, plan)) {
        const at = Math.max((plan.origin + cell * plan.size) * QUARTER_MS, range.from);
        posts[pieceAt(pieces, at).point]! += n;
      }
      for (const { at, posts: n } of await this.counts.instants(db, filter, plan.facts)) {
        posts[pieceAt(pieces, at).point]! += n;
      }
      const points = starts.map((start, i) => ({ start: isoInstant(start), posts: posts[i]! }));
      return { answer: { tag, tz, interval, points }, usesFacts: plan.facts.length > 0 };
    });
  }

  /** From and to as asked; an end that was not asked for is that of the data the filter finds. */
  private async rangeOf(db: SqlExecutor, filter: Filter): Promise<BoundedRange | undefined> {
    for (const end of [filter.from, filter.to]) {
      if (end !== undefined && (end < BOUNDS.from || end > BOUNDS.to)) {
        throw new RangeOutOfBoundsError(isoInstant(BOUNDS.from), isoInstant(BOUNDS.to));
      }
    }
    const from = filter.from ?? (await this.dataEnd(db, filter, 'first'));
    const to = filter.to ?? (await this.dataEnd(db, filter, 'last'));
    return from === undefined || to === undefined || from >= to ? undefined : { from, to };
  }

  private async dataEnd(db: SqlExecutor, filter: Filter, end: 'first' | 'last'): Promise<number | undefined> {
    const bucket = await this.counts.outerBucket(db, filter, {}, end);
    if (bucket === undefined) return undefined;
    return (end === 'first' ? bucket : bucket + 1) * QUARTER_MS;
  }
}
