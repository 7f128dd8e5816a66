import { Injectable } from '@nestjs/common';
import { postsApplied, type PostsChanged } from '#libs/contracts';
import { Inbox, Outbox, OutboxRelay, type EventItem } from '#libs/messaging';
import { createLogger, runInContext, type TraceContext } from '#libs/observability';
import { TransactionRunner } from '#libs/persistence';
import { rollupApplyDuration, rollupPostsApplied } from '../analytics.metrics.js';
import { ApplyService, type ApplyResult } from './apply.service.js';
import { TagRepository } from './tag.repository.js';

const CONSUMER = 'rollups';

const log = createLogger('ApplyBatchService');

/** What a batch holds of one import. */
interface ImportPart {
  events: number;
  posts: number;
  context: TraceContext;
}

function partsByImport(items: EventItem<PostsChanged>[]): Map<string, ImportPart> {
  const parts = new Map<string, ImportPart>();
  for (const { payload, context } of items) {
    if (payload.import_id === null) continue;
    const part = parts.get(payload.import_id) ?? { events: 0, posts: 0, context };
    part.events += 1;
    part.posts += payload.posts.length;
    parts.set(payload.import_id, part);
  }
  return parts;
}

/** Applies events exactly once: inbox, facts, roll-ups and the announcement commit together or not at all. */
@Injectable()
export class ApplyBatchService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly inbox: Inbox,
    private readonly outbox: Outbox,
    private readonly relay: OutboxRelay,
    private readonly applier: ApplyService,
    private readonly tags: TagRepository,
  ) {}

  async applyAll(items: EventItem<PostsChanged>[]): Promise<void> {
    const startedAt = performance.now();
    let outcome = 'error';
    try {
      const { result, parts } = await this.commit(items);
      outcome = 'success';
      if (result === undefined) return;
      this.tags.remember(result.tagIds);
      for (const [change, n] of Object.entries(result.changes)) if (n > 0) rollupPostsApplied.inc({ change }, n);
      if (parts.size > 0) this.relay.poke();
      this.report(parts, performance.now() - startedAt);
    } finally {
      rollupApplyDuration.observe({ outcome }, (performance.now() - startedAt) / 1_000);
    }
  }

  private commit(items: EventItem<PostsChanged>[]): Promise<{ result?: ApplyResult; parts: Map<string, ImportPart> }> {
    return this.transactions.run(
      async (tx) => {
        // Also holds off a process that was frozen, lost its consumer and woke up in the middle of this.
        await tx.query('SELECT id FROM apply_lock WHERE id = 1 FOR UPDATE');
        const accepted = await this.inbox.acceptMany(
          tx,
          CONSUMER,
          items.map(({ meta }) => meta.messageId),
        );
        const fresh = items.filter(({ meta }) => accepted.delete(meta.messageId));
        const parts = partsByImport(fresh);
        if (fresh.length === 0) return { parts };
        const result = await this.applier.apply(
          tx,
          fresh.flatMap(({ payload }) => payload.posts),
          fresh.flatMap(({ payload }) => payload.authors),
        );
        for (const [importId, { events, context }] of parts) {
          await runInContext(context, () => this.outbox.add(tx, postsApplied, { import_id: importId, events }));
        }
        return { result, parts };
      },
      { pool: 'bulk' },
    );
  }

  private report(parts: Map<string, ImportPart>, durationMs: number): void {
    for (const [importId, { events, posts, context }] of parts) {
      runInContext(context, () =>
        log.info('posts are in the reports', {
          event: { action: 'rollup-apply', outcome: 'success', duration: Math.round(durationMs * 1e6) },
          labels: { import_id: importId, events, posts },
        }),
      );
    }
  }
}
