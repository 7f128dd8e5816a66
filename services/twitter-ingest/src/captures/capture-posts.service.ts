import { Injectable } from '@nestjs/common';
import { postsChanged } from '#libs/contracts';
import type { SqlExecutor } from '#libs/kernel';
import { Outbox } from '#libs/messaging';
import { capturedPosts } from '../archives/archive.metrics.js';
import type { Deletion, IncomingPost } from '../formats/index.js';
import { keyOf } from '../posts/author.repository.js';
import { toEvents } from '../posts/change-events.domain.js';
import { PostStore, type PostBatch, type PreparedBatch } from '../posts/post-store.service.js';
import { PostRepository, type PostKey } from '../posts/post.repository.js';
import { TagRepository } from '../posts/tag.repository.js';

const POSTS_PER_STATEMENT = 1_000;

type DropFirst<List extends unknown[]> = List extends [unknown, ...infer Rest] ? Rest : never;

export interface StoredPosts {
  new: number;
  duplicate: number;
  /** Keys of those that are new. */
  fresh: string[];
}

export interface RemovedPosts {
  total: number;
  byTag: Map<string, number>;
}

/** Posts and deletions of captures, together with the events that announce them. */
@Injectable()
export class CapturePosts {
  constructor(
    private readonly store: PostStore,
    private readonly posts: PostRepository,
    private readonly tags: TagRepository,
    private readonly outbox: Outbox,
  ) {}

  /** What has to be done outside of the transaction. */
  async prepare(posts: readonly IncomingPost[], queryTag: PostBatch['queryTag']): Promise<PreparedBatch[]> {
    const prepared: PreparedBatch[] = [];
    for (let start = 0; start < posts.length; start += POSTS_PER_STATEMENT) {
      const slice = posts.slice(start, start + POSTS_PER_STATEMENT);
      prepared.push(await this.store.prepare({ posts: slice, deletions: [], queryTag, importId: null }));
    }
    return prepared;
  }

  async add(tx: SqlExecutor, prepared: readonly PreparedBatch[]): Promise<StoredPosts> {
    const stored: StoredPosts = { new: 0, duplicate: 0, fresh: [] };
    for (const batch of prepared) {
      const result = await this.write(tx, batch);
      stored.new += result.new;
      stored.duplicate += result.duplicate;
      stored.fresh.push(...result.fresh);
    }
    return stored;
  }

  /**
   * Deletes those of the posts that are stored. Unlike a file, a stream tells of the deletions of a whole network: to
   * remember each would be a row for posts that nobody ever had.
   *
   * @returns how many went, in all and by the key of each tag they were under
   */
  async remove(tx: SqlExecutor, deletions: readonly Deletion[]): Promise<RemovedPosts> {
    const removed: RemovedPosts = { total: 0, byTag: new Map() };
    if (deletions.length === 0) return removed;
    const known = await this.posts.lock(tx, deletions);
    const alive = deletions.filter((deletion) => known.get(keyOf(deletion))?.deleted === false);
    if (alive.length === 0) return removed;
    const taggings = await this.posts.tagsOf(tx, [...new Set(alive.map((deletion) => known.get(keyOf(deletion))!.id))]);
    const names = await this.tags.named(taggings.map(({ tagId }) => tagId));
    for (const { tagId } of taggings) {
      const { key } = names.get(tagId)!;
      removed.byTag.set(key, (removed.byTag.get(key) ?? 0) + 1);
    }
    const batch = await this.store.prepare({ posts: [], deletions: alive, queryTag: null, importId: null });
    removed.total = (await this.write(tx, batch)).posts.length;
    return removed;
  }

  /** Takes the country off those of the posts that have one. */
  async forgetPlaces(tx: SqlExecutor, posts: readonly PostKey[]): Promise<void> {
    await this.announce(tx, await this.store.forgetPlaces(tx, posts), new Set(), () => undefined);
  }

  private async write(tx: SqlExecutor, batch: PreparedBatch) {
    const result = await this.store.store(tx, batch);
    const { authors } = result;
    await this.announce(tx, result.posts, authors.changed, (id) => authors.stateOf(id));
    return result;
  }

  private async announce(tx: SqlExecutor, ...change: DropFirst<Parameters<typeof toEvents>>): Promise<void> {
    for (const event of toEvents(null, ...change)) await this.outbox.add(tx, postsChanged, event);
  }
}

/** Counts what a committed transaction has stored. */
export function countPosts(source: string, counts: { new: number; duplicate: number; invalid: number }): void {
  capturedPosts.inc({ source, outcome: 'new' }, counts.new);
  capturedPosts.inc({ source, outcome: 'dup' }, counts.duplicate);
  capturedPosts.inc({ source, outcome: 'invalid' }, counts.invalid);
}

/** When the newest of the posts was written. */
export function newestOf(posts: readonly IncomingPost[]): Date | null {
  let newest = -Infinity;
  for (const post of posts) newest = Math.max(newest, post.postedAt);
  return Number.isFinite(newest) ? new Date(newest) : null;
}
