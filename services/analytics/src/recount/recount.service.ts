import { Injectable } from '@nestjs/common';
import { createLogger } from '#libs/observability';
import { TransactionRunner } from '#libs/persistence';
import { rollupDrift, rollupRecounts } from '../analytics.metrics.js';
import { RecountRepository, type TagDay } from './recount.repository.js';

const log = createLogger('RecountService');

export interface RecountResult {
  samples: number;
  drift: number;
}

interface Counted {
  sample: TagDay;
  drift: number;
}

function tagName({ tagId }: TagDay): string {
  return `tag ${tagId}`;
}

function dayName({ tagId, day }: TagDay): string {
  return `tag ${tagId} day ${day}`;
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
    const taken = new Set<string>();
    for (let i = 0; i < wanted; i++) {
      const counted = await this.recountOne(i % 2 === 0, taken);
      if (counted === undefined) continue;
      const { sample, drift } = counted;
      taken.add(tagName(sample)).add(dayName(sample));
      rollupRecounts.inc({ outcome: drift === 0 ? 'equal' : 'different' });
      if (drift !== 0) log.error('a tag differs from its facts', { labels: { ...sample, drift } });
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

  /** @returns undefined when there is nothing to recount, or chance has led to the same sample again */
  private recountOne(byPosts: boolean, taken: ReadonlySet<string>): Promise<Counted | undefined> {
    return this.transactions.run(
      async (tx) => {
        const sample = await this.repository.pick(tx, byPosts);
        if (sample === undefined || taken.has(dayName(sample))) return undefined;
        let drift = await this.repository.dayDrift(tx, sample);
        if (!taken.has(tagName(sample))) drift += await this.repository.authorDrift(tx, sample.tagId);
        return { sample, drift };
      },
      { pool: 'bulk', isolation: 'REPEATABLE READ' },
    );
  }
}
