import { Injectable } from '@nestjs/common';
import type { ReportFilter } from '#libs/contracts';
import type { SqlExecutor } from '#libs/kernel';
import { TransactionRunner } from '#libs/persistence';
import { reportDuration } from '../analytics.metrics.js';
import { TagRepository } from '../apply/tag.repository.js';
import { toFilter, type Filter } from './filter.domain.js';

export interface ReportResult<T> {
  answer: T;
  usesFacts: boolean;
}

/** Never the id of a stored tag: a filter on it finds nothing, which is the answer for an unknown tag. */
const NO_TAG = 0;

@Injectable()
export class ReportRunner {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly tags: TagRepository,
  ) {}

  /** Runs a report's queries against one snapshot, so that its figures agree with each other. */
  async run<T>(
    report: string,
    input: ReportFilter,
    work: (db: SqlExecutor, filter: Filter) => Promise<ReportResult<T>>,
  ): Promise<T> {
    const startedAt = performance.now();
    toFilter(input, NO_TAG);
    const { answer, usesFacts } = await this.transactions.run(
      async (tx) => work(tx, toFilter(input, (await this.tags.idOf(tx, input.tag)) ?? NO_TAG)),
      { isolation: 'REPEATABLE READ' },
    );
    const path = usesFacts ? 'facts' : 'rollup';
    reportDuration.observe({ report, path }, (performance.now() - startedAt) / 1_000);
    return answer;
  }
}
