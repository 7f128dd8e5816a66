import { Injectable } from '@nestjs/common';
import { createLogger } from '#libs/observability';
import { TransactionRunner } from '#libs/persistence';
import { rollupDrift, rollupRecounts } from '../analytics.metrics.js';
import { RecountRepository } from './recount.repository.js';

const log = createLogger('RecountService');

export interface RecountResult {
  samples: number;
  drift: number;
}

/** Recounts a sample of the roll-ups from the facts. Any difference is a fault of this service. */
@Injectable()
export class RecountService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly repository: RecountRepository,
  ) {}

  async recount(wanted: number): Promise<RecountResult> {
    const result: RecountResult = { samples: 0, drift: 0 };
    for (let i = 0; i < wanted; i++) {
      const drift = await this.recountOne(i % 2 === 0);
      if (drift === undefined) continue;
      result.samples += 1;
      result.drift += drift;
    }
    rollupDrift.set({}, result.drift);
    const fields = {
      event: { action: 'rollup-recount', outcome: result.drift === 0 ? 'success' : 'failure' } as const,
      labels: { ...result },
    };
    if (result.drift === 0) log.info('the roll-ups agree with the facts', fields);
    else log.error('the roll-ups differ from the facts; rebuild the tags named before', fields);
    return result;
  }

  private async recountOne(byPosts: boolean): Promise<number | undefined> {
    return this.transactions.run(
      async (tx) => {
        const sample = await this.repository.pick(tx, byPosts);
        if (sample === undefined) return undefined;
        const drift =
          (await this.repository.dayDrift(tx, sample)) + (await this.repository.authorDrift(tx, sample.tagId));
        rollupRecounts.inc({ outcome: drift === 0 ? 'equal' : 'different' });
        if (drift !== 0) log.error('a tag differs from its facts', { labels: { ...sample, drift } });
        return drift;
      },
      { pool: 'bulk', isolation: 'REPEATABLE READ' },
    );
  }
}
