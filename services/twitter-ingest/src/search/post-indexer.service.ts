import { Inject, Injectable } from '@nestjs/common';
import { IndexedPostRepository } from './indexed-post.repository.js';
import { POST_INDEX, type PostIndex } from './post-index.js';
import { indexedPosts } from './search.metrics.js';

/** Brings posts as they are now into the index. Doing it again, or late, changes nothing. */
@Injectable()
export class PostIndexer {
  constructor(
    private readonly posts: IndexedPostRepository,
    @Inject(POST_INDEX) private readonly index: PostIndex,
  ) {}

  /** @throws CodedError of kind `unavailable` while the index or the database is away */
  async bring(ids: readonly number[]): Promise<void> {
    const posts = await this.posts.read([...new Set(ids)]);
    if (posts.length === 0) return;
    const result = await this.index.put(posts);
    for (const [outcome, count] of Object.entries(result)) {
      if (count > 0) indexedPosts.inc({ index: this.index.name, outcome }, count);
    }
  }
}
