import type { FollowedPart, FoundGap, StreamBatch, StreamLead } from '../../src/captures/source-driver.js';
import { isNewer, type Deletion, type IncomingPost } from '../../src/formats/index.js';
import { taggingsOf } from '../../src/posts/tagging.domain.js';
import type { KnownPosts } from '../../src/sources/bluesky/known-posts.repository.js';

/** What the tables would hold, by the rules of the store. */
export class Shelf {
  readonly posts = new Map<string, IncomingPost>();
  readonly deleted = new Set<string>();

  add(posts: readonly IncomingPost[]): void {
    for (const post of posts) {
      const known = this.posts.get(post.extId);
      if (this.deleted.has(post.extId)) continue;
      if (!known || isNewer(post, known) || post.author.followers !== null) this.posts.set(post.extId, post);
    }
  }

  remove(deletions: readonly Deletion[]): void {
    for (const { extId } of deletions) if (this.posts.delete(extId)) this.deleted.add(extId);
  }

  /** As the driver's repository would answer. */
  readonly known = {
    stored: (ids: readonly string[]) => Promise.resolve(new Set(ids.filter((id) => this.posts.has(id)))),
    ofAuthor: (did: string) => Promise.resolve([...this.posts.keys()].filter((id) => id.startsWith(`at://${did}/`))),
    tagKeysOf: (ids: readonly string[]) =>
      Promise.resolve(
        new Map(
          ids.filter((id) => this.posts.has(id)).map((id) => [id, [...taggingsOf(this.posts.get(id)!, null).keys()]]),
        ),
      ),
  } as unknown as KnownPosts;

  get texts(): string[] {
    return [...this.posts.values()].map(({ extId, text }) => `${extId} ${text}`).toSorted();
  }
}

/** A leader that keeps what it is told, as the real one stores it. */
export class Lead implements StreamLead {
  readonly gaps: FoundGap[] = [];
  readonly waits: (Error | null)[] = [];
  readonly batches: StreamBatch[] = [];
  delayMs = 0;

  constructor(
    readonly shelf: Shelf,
    readonly parts: FollowedPart[],
    public cursor: StreamLead['cursor'] = null,
  ) {}

  followed() {
    return Promise.resolve(this.parts);
  }

  async save(batch: StreamBatch) {
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    for (const { posts } of batch.items) this.shelf.add(posts);
    this.shelf.remove(batch.deletions);
    this.batches.push(batch);
    this.cursor = JSON.parse(JSON.stringify(batch.cursor)) as StreamLead['cursor'];
  }

  joined() {
    return Promise.resolve();
  }

  catchUp() {
    return Promise.resolve();
  }

  gap(gap: FoundGap) {
    return Promise.resolve(void this.gaps.push(gap));
  }

  waiting(error: Error | null) {
    return Promise.resolve(void this.waits.push(error));
  }
}
