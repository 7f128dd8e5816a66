import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import { OutboxRelay } from '#libs/messaging';
import { createLogger } from '#libs/observability';
import { TransactionRunner } from '#libs/persistence';
import { CapturePosts } from '../captures/capture-posts.service.js';
import { LeaseLostError } from '../captures/captures.errors.js';
import type { Deletion, IncomingPost } from '../formats/index.js';
import type { PreparedBatch } from '../posts/post-store.service.js';
import type { PostKey } from '../posts/post.repository.js';
import type { QueryTag } from '../posts/tagging.domain.js';
import { XApi, type XBilled, type XRate } from '../sources/x/index.js';
import { XDriverSettings } from '../sources/x-driver/x-driver.settings.js';
import { BudgetLedger, NO_PART, UpstreamGate, X_PRICES, type Reservation } from '../upstream/index.js';
import { BLOCK_POSTS } from './blocks.domain.js';
import { checkedPosts } from './compliance.metrics.js';
import { ComplianceRepository, type CheckedPost, type ClaimedBlock } from './compliance.repository.js';
import { ComplianceSettings } from './compliance.settings.js';
import { GONE, judge, type Verdict } from './verdict.domain.js';

const logger = createLogger('Compliance');
/** What X refuses as an id would cost the whole block its answer. */
const POST_ID = /^[1-9]\d{0,18}$/;

/** An answer that is not yet stored. */
interface Found {
  verdicts: Map<string, Verdict>;
  deletions: Deletion[];
  unplaced: PostKey[];
  batches: PreparedBatch[];
  bills: { reservation: Reservation; billed: XBilled }[];
}

interface Priced {
  billed: XBilled;
  rate: XRate | null;
}

/** Looks the posts of a block up and lets the store follow, in one transaction with the bill. */
@Injectable()
export class BlockCheck {
  constructor(
    private readonly api: XApi,
    private readonly gate: UpstreamGate,
    private readonly ledger: BudgetLedger,
    private readonly driver: XDriverSettings,
    private readonly settings: ComplianceSettings,
    private readonly repository: ComplianceRepository,
    private readonly posts: CapturePosts,
    private readonly transactions: TransactionRunner,
    private readonly relay: OutboxRelay,
  ) {}

  /**
   * @throws UpstreamError when X cannot be asked
   * @throws LeaseLostError when another process has the block; nothing is stored then
   */
  async run(block: ClaimedBlock, stop: AbortSignal): Promise<void> {
    const stored = await this.repository.posts(this.api.storedAs, block, this.settings.horizonDays);
    const posts = stored.filter(({ extId }) => POST_ID.test(extId));
    const found: Found = { verdicts: new Map(), deletions: [], unplaced: [], batches: [], bills: [] };
    for (let at = 0; at < posts.length; at += BLOCK_POSTS) {
      await this.look(posts.slice(at, at + BLOCK_POSTS), found, stop);
    }
    await this.transactions.run((tx) => this.store(tx, block, found), { pool: 'bulk' });
    if (found.deletions.length + found.unplaced.length + found.batches.length > 0) this.relay.poke();
    this.tell(found);
  }

  private async store(tx: SqlExecutor, block: ClaimedBlock, found: Found): Promise<void> {
    await this.posts.add(tx, found.batches);
    await this.posts.remove(tx, found.deletions);
    await this.posts.forgetPlaces(tx, found.unplaced);
    for (const { reservation, billed } of found.bills) await this.ledger.settle(tx, reservation, billed);
    if (!(await this.repository.finish(tx, block, this.settings.everyMs)))
      throw new LeaseLostError(`block ${block.id}`);
  }

  private async look(posts: readonly CheckedPost[], into: Found, stop: AbortSignal): Promise<void> {
    const ids = posts.map(({ extId }) => extId);
    const check = await this.paid(ids.length, X_PRICES.post, into, stop, () => this.api.check(ids, stop));
    const { verdicts, edited } = judge(check, new Set(posts.filter(({ placed }) => placed).map(({ extId }) => extId)));
    const deletedAt = Date.now();
    for (const [extId, verdict] of verdicts) {
      into.verdicts.set(extId, verdict);
      if (verdict === 'unplaced') into.unplaced.push({ source: this.api.storedAs, extId });
      if (GONE.has(verdict)) into.deletions.push({ source: this.api.storedAs, extId, deletedAt });
    }
    if (edited.size > 0) await this.fetchEdited(posts, edited, into, stop);
  }

  /** A new version is another post with an id of its own; it stays a result of the captures that found the old one. */
  private async fetchEdited(
    posts: readonly CheckedPost[],
    edited: ReadonlyMap<string, string>,
    into: Found,
    stop: AbortSignal,
  ): Promise<void> {
    const ids = [...new Set(edited.values())];
    const page = await this.paid(ids.length, this.driver.perPost, into, stop, () => this.api.lookup(ids, stop));
    const newest = new Map(page.mapped.posts.map((post) => [post.extId, post]));
    const old = posts.filter(({ extId }) => edited.has(extId));
    const tags = await this.repository.queryTags(old.map(({ id }) => id));
    const byTag = new Map<string, { tag: QueryTag | null; posts: IncomingPost[] }>();
    for (const { id, extId } of old) {
      const post = newest.get(edited.get(extId)!);
      if (!post) continue;
      const own = tags.get(id) ?? [];
      for (const tag of own.length > 0 ? own : [null]) {
        const group = byTag.get(tag?.key ?? '') ?? { tag, posts: [] };
        byTag.set(tag?.key ?? '', group);
        group.posts.push(withFormer(post, extId));
      }
    }
    for (const group of byTag.values()) into.batches.push(...(await this.posts.prepare(group.posts, group.tag)));
  }

  private async paid<Answer extends Priced>(
    count: number,
    perPost: number,
    into: Found,
    stop: AbortSignal,
    send: () => Promise<Answer>,
  ): Promise<Answer> {
    const { storedAs: source } = this.api;
    const access = { source, credential: this.driver.credential, endpoint: 'lookup' } as const;
    const pages = { min: count, max: count };
    const money = {
      partId: NO_PART,
      budgetMicroUsd: null,
      key: 'compliance',
      request: {},
      pages,
      perPost,
      perRequest: 0,
    };
    const { answer, reservation } = await this.gate.paid(access, money, send, stop);
    into.bills.push({ reservation, billed: answer.billed });
    return answer;
  }

  private tell({ verdicts }: Found): void {
    const counts = new Map<Verdict, number>();
    for (const verdict of verdicts.values()) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
    for (const [outcome, count] of counts) checkedPosts.inc({ source: this.api.storedAs, outcome }, count);
    const changed = [...counts].filter(([verdict]) => verdict !== 'kept').map(([verdict, count]) => `${count} ${verdict}`); // prettier-ignore
    if (changed.length > 0) logger.info(`stored posts have changed at their source: ${changed.join(', ')}`);
  }
}

/** X may leave the list of earlier versions out of a later answer: the one that is stored has to go all the same. */
function withFormer(post: IncomingPost, extId: string): IncomingPost {
  return post.supersedes.includes(extId) ? post : { ...post, edited: true, supersedes: [...post.supersedes, extId] };
}
