import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { postsByHourReport } from '#libs/contracts';
import { QUARTER_MS } from '../codes.domain.js';
import { pieceAt, planBuckets } from '../time/bucket-plan.domain.js';
import { segmentsOf, type Segment } from '../time/zone.domain.js';
import { CountRepository } from './count.repository.js';
import { withinData } from './filter.domain.js';
import { ReportRunner } from './report-runner.service.js';

const HOUR_MS = 3_600_000;
const QUARTERS_PER_DAY = 96;

function quartersOf({ offset }: Segment): number {
  return (offset / QUARTER_MS + QUARTERS_PER_DAY) % QUARTERS_PER_DAY;
}

@Injectable()
export class HoursReport {
  constructor(
    private readonly runner: ReportRunner,
    private readonly counts: CountRepository,
  ) {}

  answer(input: z.output<typeof postsByHourReport.input>): Promise<z.input<typeof postsByHourReport.output>> {
    return this.runner.run('posts-by-hour', input, async (db, asked) => {
      const posts = new Array<number>(24).fill(0);
      const data = await this.counts.dataBuckets(db, asked.tagId);
      const filter = withinData(asked, data);
      const from = filter.from ?? (data ? data.first * QUARTER_MS : 0);
      const to = filter.to ?? (data ? (data.last + 1) * QUARTER_MS : 0);
      const segments = segmentsOf(input.tz, from, to);
      const plan = planBuckets(
        segments,
        segments.some(({ offset }) => offset % QUARTER_MS !== 0),
      );
      if (plan.buckets) {
        const shifts = segments.map((segment) => ({
          until: Math.ceil(segment.to / QUARTER_MS),
          quarters: quartersOf(segment),
        }));
        for (const { cell, posts: n } of await this.counts.hours(db, filter, plan, shifts)) posts[cell]! += n;
      }
      for (const { at, posts: n } of await this.counts.instants(db, filter, plan.facts)) {
        const hour = Math.floor((at + pieceAt(segments, at).offset) / HOUR_MS) % 24;
        posts[(hour + 24) % 24]! += n;
      }
      const hours = posts.map((n, hour) => ({ hour, posts: n }));
      return { answer: { tag: input.tag, tz: input.tz, hours }, usesFacts: plan.facts.length > 0 };
    });
  }
}
