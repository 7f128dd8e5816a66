import { Injectable } from '@nestjs/common';
import { postsChanged, tagKey } from '#libs/contracts';
import { Outbox, OutboxRelay } from '#libs/messaging';
import { TransactionRunner } from '#libs/persistence';
import { toEvents } from '../posts/change-events.domain.js';
import { PostStore, type PreparedBatch } from '../posts/post-store.service.js';
import type { ClaimedImport, Progress } from './archive-import.types.js';
import { ArchiveImportRepository } from './archive-import.repository.js';
import { capturedPosts, storeDuration } from './archive.metrics.js';
import { LeaseLostError } from './archives.errors.js';
import type { PendingBatch } from './pending-batch.js';

const POSTS_PER_STATEMENT = 1_000;

export interface Checkpoint {
  lines: number;
  format: string | null;
}

/** Stores what was read: rows, outgoing events and checkpoint in one transaction, so a crash never splits them. */
@Injectable()
export class ArchiveBatchService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly imports: ArchiveImportRepository,
    private readonly store: PostStore,
    private readonly outbox: Outbox,
    private readonly relay: OutboxRelay,
  ) {}

  /** @throws LeaseLostError when another worker has the import; nothing is stored then */
  async save(claim: ClaimedImport, batch: PendingBatch, checkpoint: Checkpoint): Promise<Progress> {
    const startedAt = performance.now();
    const queryTag = claim.tag === null ? null : { key: tagKey(claim.tag), spelling: claim.tag };
    const prepared: PreparedBatch[] = [];
    for (const slice of batch.slices(POSTS_PER_STATEMENT)) {
      prepared.push(await this.store.prepare({ ...slice, queryTag, importId: claim.id }));
    }
    const progress = await this.transactions.run(
      async (tx) => {
        const progress: Progress = { ...checkpoint, nextRecord: batch.nextRecord, errors: batch.errors, new: 0, duplicate: 0, events: 0 }; // prettier-ignore
        for (const slice of prepared) {
          const result = await this.store.store(tx, slice);
          progress.new += result.new;
          progress.duplicate += result.duplicate;
          const { authors } = result;
          for (const event of toEvents(claim.id, result.posts, authors.changed, (id) => authors.stateOf(id))) {
            await this.outbox.add(tx, postsChanged, event);
            progress.events++;
          }
        }
        // Last, so that the row every status request reads is locked only briefly.
        if (!(await this.imports.saveProgress(tx, claim, progress))) throw new LeaseLostError(claim.id);
        return progress;
      },
      { pool: 'bulk' },
    );
    this.relay.poke();
    storeDuration.observe({}, (performance.now() - startedAt) / 1_000);
    this.count(batch, progress);
    return progress;
  }

  private count(batch: PendingBatch, progress: Progress): void {
    const source = batch.segments.find((segment) => segment.posts.length > 0)?.posts[0]?.source ?? 'unknown';
    capturedPosts.inc({ source, outcome: 'new' }, progress.new);
    capturedPosts.inc({ source, outcome: 'dup' }, progress.duplicate);
    capturedPosts.inc({ source, outcome: 'invalid' }, progress.errors.length);
  }
}
