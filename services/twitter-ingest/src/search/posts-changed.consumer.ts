import { Injectable } from '@nestjs/common';
import { postsChanged, type PostsChanged } from '#libs/contracts';
import { OnEventBatch, type EventItem } from '#libs/messaging';
import { PostIndexer } from './post-indexer.service.js';
import { SEARCH_QUEUE } from './search.queue.js';

/** Hears of stored, edited and deleted posts, over a queue that may wait for the index without holding anything up. */
@Injectable()
export class PostsChangedConsumer {
  constructor(private readonly indexer: PostIndexer) {}

  // An event carries up to 250 posts. No inbox: the revision of a post makes repetition harmless.
  @OnEventBatch(postsChanged, { maxItems: 4, maxWaitMs: 100, queue: SEARCH_QUEUE })
  async onPostsChanged(items: Array<EventItem<PostsChanged>>): Promise<void> {
    await this.indexer.bring(items.flatMap(({ payload }) => payload.posts.map(({ id }) => id)));
  }
}
