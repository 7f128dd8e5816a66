import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { topUsersReport } from '#libs/contracts';
import { sourceName } from '../codes.domain.js';
import { AuthorCountRepository } from './author-count.repository.js';
import { CountRepository } from './count.repository.js';
import { isoInstant, withinData } from './filter.domain.js';
import { ReportRunner } from './report-runner.service.js';

@Injectable()
export class TopUsersReport {
  constructor(
    private readonly runner: ReportRunner,
    private readonly counts: CountRepository,
    private readonly authors: AuthorCountRepository,
  ) {}

  answer(input: z.output<typeof topUsersReport.input>): Promise<z.input<typeof topUsersReport.output>> {
    return this.runner.run('top-users', input, async (db, asked) => {
      const filter = withinData(asked, await this.counts.dataBuckets(db, asked.tagId));
      const rows = await this.authors.top(db, filter, input.limit);
      const users = rows.map((row, i) => ({
        rank: i + 1,
        source: sourceName(row.source),
        user_id: row.ext_id,
        username: row.username,
        name: row.name,
        followers: row.followers,
        posts: Number(row.posts),
        followers_seen_at: row.followers_seen_at === null ? null : isoInstant(row.followers_seen_at),
      }));
      return { answer: { tag: input.tag, users }, usesFacts: this.authors.usesFacts(filter) };
    });
  }
}
