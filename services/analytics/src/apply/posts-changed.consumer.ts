import { Injectable } from '@nestjs/common';
import { postsChanged, type PostsChanged } from '#libs/contracts';
import { OnEventBatch, type EventItem } from '#libs/messaging';
import { ApplyBatchService } from './apply-batch.service.js';

@Injectable()
export class PostsChangedConsumer {
  constructor(private readonly batches: ApplyBatchService) {}

  // An event has up to 250 posts: eight of them make a transaction large enough that its fixed cost vanishes.
  @OnEventBatch(postsChanged, { maxItems: 8, maxWaitMs: 25 })
  async onPostsChanged(items: EventItem<PostsChanged>[]): Promise<void> {
    await this.batches.applyAll(items);
  }
}
