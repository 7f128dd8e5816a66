import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { postsByCountryReport } from '#libs/contracts';
import { NO_COUNTRY } from '../codes.domain.js';
import { ROLLUPS } from '../rollups.domain.js';
import { AuthorCountRepository } from './author-count.repository.js';
import { CountRepository } from './count.repository.js';
import { withinData } from './filter.domain.js';
import { ReportRunner } from './report-runner.service.js';

/** Countries by count, then code; what has none comes last and is always shown. */
function ranked(counts: ReadonlyMap<string, number>): [country: string, count: number][] {
  const named = [...counts].filter(([country, count]) => country !== NO_COUNTRY && count > 0);
  named.sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1));
  return [...named, ['none', counts.get(NO_COUNTRY) ?? 0]];
}

function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const n of counts) total += n;
  return total;
}

@Injectable()
export class CountriesReport {
  constructor(
    private readonly runner: ReportRunner,
    private readonly counts: CountRepository,
    private readonly authors: AuthorCountRepository,
  ) {}

  answer(input: z.output<typeof postsByCountryReport.input>): Promise<z.input<typeof postsByCountryReport.output>> {
    return this.runner.run('posts-by-country', input, async (db, asked) => {
      const filter = withinData(asked, await this.counts.dataBuckets(db, asked.tagId));
      const { rows, usesFacts } = await this.counts.by(db, ROLLUPS.country, 'country', filter);
      const all = await this.counts.kinds(db, filter);
      rows.set(NO_COUNTRY, sum(all.rows) - sum(rows.values()));
      const profiles = await this.authors.byCountry(db, filter);
      const answer = {
        tag: input.tag,
        place: ranked(rows).map(([country, posts]) => ({ country, posts })),
        profile: ranked(profiles).map(([country, authors]) => ({ country, authors })),
      };
      return { answer, usesFacts: usesFacts || this.authors.usesFacts(filter) };
    });
  }
}
