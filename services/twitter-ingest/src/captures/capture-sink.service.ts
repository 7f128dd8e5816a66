import { Injectable } from '@nestjs/common';
import { tagKey } from '#libs/contracts';
import { OutboxRelay } from '#libs/messaging';
import { createLogger } from '#libs/observability';
import { TransactionRunner } from '#libs/persistence';
import { CapturePartRepository } from './capture-part.repository.js';
import { CapturePosts, countPosts, newestOf } from './capture-posts.service.js';
import { gapSeconds } from './capture.metrics.js';
import type { ClaimedPart, StepProgress } from './capture.types.js';
import { LeaseLostError } from './captures.errors.js';
import { FollowedPartRepository } from './followed-part.repository.js';
import type { FoundGap, StepResult } from './source-driver.js';

const logger = createLogger('Capture');

/** Stores a step: posts, deletions, events, gaps, costs and checkpoint in one transaction, so a crash never splits them. */
@Injectable()
export class CaptureSink {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly parts: CapturePartRepository,
    private readonly followed: FollowedPartRepository,
    private readonly posts: CapturePosts,
    private readonly relay: OutboxRelay,
  ) {}

  /** @throws LeaseLostError when another worker has the part; nothing is stored then */
  async save(claim: ClaimedPart, result: StepResult): Promise<StepProgress> {
    const prepared = await this.posts.prepare(result.posts, { key: tagKey(claim.tag), spelling: claim.tag });
    const progress = await this.transactions.run(
      async (tx) => {
        const { fresh: _, ...stored } = await this.posts.add(tx, prepared);
        const progress: StepProgress = {
          ...stored,
          invalid: result.errors.length,
          deleted: (await this.posts.remove(tx, result.deletions)).total,
          requests: result.requests,
          lastPostAt: newestOf(result.posts),
          spentMicroUsd: (await result.settle?.(tx)) ?? 0,
        };
        await this.followed.addGaps(tx, [claim], result.gaps);
        // Last, so that the row every status request reads is locked only briefly.
        if (!(await this.parts.saveStep(tx, claim, result, progress))) throw new LeaseLostError(`part ${claim.partId}`);
        return progress;
      },
      { pool: 'bulk' },
    );
    this.relay.poke();
    countPosts(claim.storedAs, progress);
    reportGaps(claim.source, [claim.captureId], result.gaps);
    return progress;
  }
}

/** Tells metrics and log about gaps that are stored. */
export function reportGaps(source: string, captureIds: readonly string[], gaps: readonly FoundGap[]): void {
  for (const { from, to, reason } of gaps) {
    const seconds = Math.max(0, (to.getTime() - from.getTime()) / 1_000);
    gapSeconds.inc({ source, reason }, seconds * captureIds.length);
    for (const id of captureIds) {
      logger.warn('posts of a capture are missing', {
        event: { action: 'capture-gap', outcome: 'failure' },
        labels: { capture_id: id, source, gap_reason: reason, gap_from: from.toISOString(), gap_to: to.toISOString() },
      });
    }
  }
}
