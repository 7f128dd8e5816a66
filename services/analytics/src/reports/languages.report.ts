import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { postsByLanguageReport } from '#libs/contracts';
import { ROLLUPS } from '../rollups.domain.js';
import { CountRepository } from './count.repository.js';
import { withinData } from './filter.domain.js';
import { ReportRunner } from './report-runner.service.js';

@Injectable()
export class LanguagesReport {
  constructor(
    private readonly runner: ReportRunner,
    private readonly counts: CountRepository,
  ) {}

  answer(input: z.output<typeof postsByLanguageReport.input>): Promise<z.input<typeof postsByLanguageReport.output>> {
    return this.runner.run('posts-by-language', input, async (db, asked) => {
      const filter = withinData(asked, await this.counts.dataBuckets(db, asked.tagId));
      const { rows, usesFacts } = await this.counts.by(db, ROLLUPS.lang, 'lang', filter);
      const languages = Array.from(rows, ([lang, posts]) => ({ lang, posts })).sort(
        (a, b) => b.posts - a.posts || (a.lang < b.lang ? -1 : 1),
      );
      return { answer: { tag: input.tag, basis: 'post' as const, languages }, usesFacts };
    });
  }
}
