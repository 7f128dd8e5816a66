import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { postsApplied } from '#libs/contracts';
import { OnEvent, type EventMeta } from '#libs/messaging';
import { ImportProgressService } from './import-progress.service.js';

/** Hears that the roll-ups include another part of an import. */
@Injectable()
export class PostsAppliedConsumer {
  constructor(private readonly progress: ImportProgressService) {}

  @OnEvent(postsApplied)
  async onPostsApplied(event: z.infer<typeof postsApplied.payload>, meta: EventMeta): Promise<void> {
    await this.progress.countApplied(meta.messageId, event.import_id, event.events);
  }
}
