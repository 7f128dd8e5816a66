import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { summaryReport } from '#libs/contracts';
import type { SqlExecutor } from '#libs/kernel';
import { QUARTER_MS } from '../codes.domain.js';
import { splitRange } from '../time/range.domain.js';
import { AuthorCountRepository } from './author-count.repository.js';
import { CountRepository } from './count.repository.js';
import { isoInstant, withinData, type Filter } from './filter.domain.js';
import { ReportRunner } from './report-runner.service.js';

@Injectable()
export class SummaryReport {
  constructor(
    private readonly runner: ReportRunner,
    private readonly counts: CountRepository,
    private readonly authors: AuthorCountRepository,
  ) {}

  answer(input: z.output<typeof summaryReport.input>): Promise<z.input<typeof summaryReport.output>> {
    return this.runner.run('summary', input, async (db, asked) => {
      const filter = withinData(asked, await this.counts.dataBuckets(db, asked.tagId));
      const { rows, usesFacts } = await this.counts.kinds(db, filter);
      const [original, reply, quote, repost] = rows;
      const posts = original + reply + quote + repost;
      const answer = {
        tag: input.tag,
        posts,
        authors: posts === 0 ? 0 : await this.authors.total(db, filter),
        first_post_at: posts === 0 ? null : await this.outer(db, filter, 'first'),
        last_post_at: posts === 0 ? null : await this.outer(db, filter, 'last'),
        kinds: { original, reply, quote, repost },
      };
      return { answer, usesFacts: usesFacts || this.authors.usesFacts(filter) };
    });
  }

  /** Finds the bucket first: walking the facts to a rare kind would read most of a big tag. */
  private async outer(db: SqlExecutor, filter: Filter, end: 'first' | 'last'): Promise<string | null> {
    const { body, edges } = splitRange(filter, QUARTER_MS);
    const bucket = body && (await this.counts.outerBucket(db, filter, body, end));
    const ranges = [...edges];
    if (bucket !== undefined) ranges.push({ from: bucket * QUARTER_MS, to: (bucket + 1) * QUARTER_MS });
    ranges.sort((a, b) => (end === 'first' ? a.from - b.from : b.from - a.from));
    for (const range of ranges) {
      const at = await this.counts.outerPost(db, filter, range, end);
      if (at !== undefined) return isoInstant(at);
    }
    return null;
  }
}
