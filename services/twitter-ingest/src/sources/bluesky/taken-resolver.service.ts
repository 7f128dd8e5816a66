import { Injectable } from '@nestjs/common';
import type { Deletion, IncomingPost } from '../../formats/index.js';
import type { Taken, TagParts } from './intake.js';
import { KnownPosts } from './known-posts.repository.js';

/** Settles what only the stored posts can tell: which deletions and edits of the whole network concern us. */
@Injectable()
export class TakenResolver {
  constructor(private readonly known: KnownPosts) {}

  /** Deletions of posts that are stored, or are about to be. */
  async deletions({ posts, deletions, goneAuthors }: Taken): Promise<Deletion[]> {
    const arriving = new Set([...posts.values()].flatMap((list) => list.map((post) => post.extId)));
    const unsure = deletions.filter(({ extId }) => !arriving.has(extId));
    const stored = await this.known.stored(unsure.map(({ extId }) => extId));
    const found = deletions.filter(({ extId }) => arriving.has(extId) || stored.has(extId));
    for (const [did, at] of goneAuthors) {
      const own = [...arriving].filter((extId) => extId.startsWith(`at://${did}/`));
      const extIds = new Set([...(await this.known.ofAuthor(did)), ...own]);
      for (const extId of extIds) found.push({ source: 'bluesky', extId, deletedAt: at });
    }
    return found;
  }

  /** Adds new versions of stored posts to the parts whose tag they have lost. */
  async addEdits({ posts, edits }: Taken, tags: TagParts): Promise<void> {
    const tagKeys = await this.known.tagKeysOf(edits.map((post) => post.extId));
    for (const post of edits) {
      const part = tagKeys.get(post.extId)?.flatMap((key) => tags.get(key) ?? [])[0];
      if (part !== undefined) posts.set(part, [...(posts.get(part) ?? []), post]);
    }
  }
}

/** All posts of a batch, each object once. */
export function postsOf({ posts }: Taken): IncomingPost[] {
  return [...new Set([...posts.values()].flat())];
}
