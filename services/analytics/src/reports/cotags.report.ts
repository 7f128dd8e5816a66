import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { cooccurringTagsReport } from '#libs/contracts';
import { CountRepository } from './count.repository.js';
import { withinData } from './filter.domain.js';
import { ReportRunner } from './report-runner.service.js';

@Injectable()
export class CoTagsReport {
  constructor(
    private readonly runner: ReportRunner,
    private readonly counts: CountRepository,
  ) {}

  answer(input: z.output<typeof cooccurringTagsReport.input>): Promise<z.input<typeof cooccurringTagsReport.output>> {
    return this.runner.run('cooccurring-tags', input, async (db, asked) => {
      const filter = withinData(asked, await this.counts.dataBuckets(db, asked.tagId));
      const { rows, usesFacts } = await this.counts.coTags(db, filter, input.limit);
      return { answer: { tag: input.tag, tags: rows }, usesFacts };
    });
  }
}
