import type { IncomingPost, MappedPosts, RecordFormat } from './contract.js';

export class UnusablePost {
  constructor(readonly reason: string) {}
}

export function emptyMapped(format: RecordFormat): MappedPosts {
  return { type: 'posts', format, posts: [], deletions: [], skipped: 0, errors: [] };
}

export function addMapped(into: MappedPosts, post: IncomingPost | UnusablePost): void {
  if (post instanceof UnusablePost) into.errors.push({ reason: post.reason });
  else into.posts.push(post);
}

/** Follower counts are as of the retrieval; a record that does not tell it was fetched after its newest post. */
export function stampAuthors(posts: readonly IncomingPost[], retrieved: number | null): void {
  let observedAt = retrieved;
  if (observedAt === null) for (const post of posts) observedAt = Math.max(observedAt ?? 0, post.postedAt);
  for (const post of posts) post.author.observedAt = observedAt;
}
