import { Injectable } from '@nestjs/common';
import { tagKey } from '#libs/contracts';
import { OutboxRelay } from '#libs/messaging';
import { TransactionRunner } from '#libs/persistence';
import { keyOf } from '../posts/author.repository.js';
import type { PreparedBatch } from '../posts/post-store.service.js';
import type { QueryTag } from '../posts/tagging.domain.js';
import { FollowedPartRepository } from './followed-part.repository.js';
import { CapturePosts, countPosts, newestOf } from './capture-posts.service.js';
import { reportGaps } from './capture-sink.service.js';
import type { StepProgress } from './capture.types.js';
import { LeaseLostError } from './captures.errors.js';
import type { FollowedPart, FoundGap, StreamBatch, StreamDriver, StreamItems } from './source-driver.js';
import { StreamLeadRepository, type ClaimedLead } from './stream-lead.repository.js';

/** Stores what a stream brought: posts for all parts, deletions, events, costs and cursor in one transaction. */
@Injectable()
export class StreamSink {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly parts: FollowedPartRepository,
    private readonly leads: StreamLeadRepository,
    private readonly posts: CapturePosts,
    private readonly relay: OutboxRelay,
  ) {}

  /** @throws LeaseLostError when another process leads; nothing is stored then */
  async save(driver: StreamDriver, lead: ClaimedLead, tags: ReadonlyMap<number, string>, batch: StreamBatch) {
    const items = batch.items.filter((item) => tags.has(item.partId));
    const prepared = await this.prepare(items, tags);
    const counts = await this.transactions.run(
      async (tx) => {
        const total = { new: 0, duplicate: 0, invalid: batch.invalid };
        const byPart = new Map<number, StepProgress>();
        const progressOf = (partId: number) => {
          const known = byPart.get(partId) ?? emptyProgress();
          byPart.set(partId, known);
          return known;
        };
        // What is new is new to the first of its parts.
        const fresh = new Set((await this.posts.add(tx, prepared)).fresh);
        for (const { partId, posts } of items) {
          const progress = progressOf(partId);
          const added = posts.filter((post) => fresh.delete(keyOf(post))).length;
          progress.new += added;
          progress.duplicate += posts.length - added;
          progress.lastPostAt = laterOf(progress.lastPostAt, newestOf(posts));
          total.new += added;
          total.duplicate += posts.length - added;
        }
        const removed = await this.posts.remove(tx, batch.deletions);
        for (const [partId, tag] of removed.total > 0 ? tags : []) {
          const deleted = removed.byTag.get(tagKey(tag)) ?? 0;
          if (deleted > 0) progressOf(partId).deleted += deleted;
        }
        const costs = (await batch.settle?.(tx)) ?? [];
        for (const { partId, microUsd } of costs) progressOf(partId).spentMicroUsd += microUsd;
        // In the order of the ids, like every other change of several parts.
        for (const [partId, progress] of [...byPart].sort(([a], [b]) => a - b)) {
          await this.parts.addStreamed(tx, partId, progress);
        }
        await this.parts.stopSpent(tx, costs.map(({ partId }) => partId)); // prettier-ignore
        if (!(await this.leads.saveCursor(tx, lead, batch.cursor, batch.seenUpTo))) throw new LeaseLostError(lead.key);
        return total;
      },
      { pool: 'bulk' },
    );
    if (batch.items.length + batch.deletions.length > 0) this.relay.poke();
    countPosts(driver.storedAs, counts);
  }

  /** All parts together: ten tags cost as many statements as one. A post of several parts is collected for each of their tags. */
  private prepare(items: readonly StreamItems[], tags: ReadonlyMap<number, string>): Promise<PreparedBatch[]> {
    const queryTags = new Map<string, QueryTag[]>();
    for (const { partId, posts } of items) {
      const spelling = tags.get(partId)!;
      const queryTag = { key: tagKey(spelling), spelling };
      for (const post of posts) queryTags.set(keyOf(post), [...(queryTags.get(keyOf(post)) ?? []), queryTag]);
    }
    const posts = [...new Set(items.flatMap((item) => item.posts))];
    return this.posts.prepare(posts, (post) => queryTags.get(keyOf(post)) ?? []);
  }

  /** The stream is open (again): every followed part reads what it may have missed. */
  async catchUp(lead: ClaimedLead, followed: readonly FollowedPart[]): Promise<void> {
    await this.transactions.run(async (tx) => {
      await this.parts.poke(tx, followed.map(({ partId }) => partId)); // prettier-ignore
      if (!(await this.leads.saveOpened(tx, lead))) throw new LeaseLostError(lead.key);
    });
  }

  /** The stream has begun to bring posts for these parts. */
  async joined(lead: ClaimedLead, partIds: readonly number[]): Promise<void> {
    await this.transactions.run(async (tx) => {
      await this.parts.poke(tx, partIds);
      if (!(await this.leads.holds(tx, lead))) throw new LeaseLostError(lead.key);
    });
  }

  async gap(driver: StreamDriver, lead: ClaimedLead, followed: readonly FollowedPart[], gap: FoundGap): Promise<void> {
    await this.transactions.run(async (tx) => {
      await this.parts.addGaps(tx, followed, [gap]);
      if (!(await this.leads.holds(tx, lead))) throw new LeaseLostError(lead.key);
    });
    const captures = followed.map(({ captureId }) => captureId);
    reportGaps(driver.source, captures, [gap]);
  }
}

function emptyProgress(): StepProgress {
  return { new: 0, duplicate: 0, invalid: 0, deleted: 0, requests: 0, spentMicroUsd: 0, lastPostAt: null };
}

function laterOf(a: Date | null, b: Date | null): Date | null {
  if (!a || !b) return a ?? b;
  return a > b ? a : b;
}
