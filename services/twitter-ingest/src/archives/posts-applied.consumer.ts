import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { postsApplied } from '#libs/contracts';
import { Inbox, OnEvent, type EventMeta } from '#libs/messaging';
import { TransactionRunner } from '#libs/persistence';
import { ArchiveImportRepository } from './archive-import.repository.js';

const CONSUMER = 'archives';

/** Hears that the roll-ups include another part of an import; the import is done when they include all of it. */
@Injectable()
export class PostsAppliedConsumer {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly inbox: Inbox,
    private readonly imports: ArchiveImportRepository,
  ) {}

  @OnEvent(postsApplied)
  async onPostsApplied(event: z.infer<typeof postsApplied.payload>, meta: EventMeta): Promise<void> {
    await this.transactions.run(async (tx) => {
      if (!(await this.inbox.accept(tx, CONSUMER, meta.messageId))) return;
      await this.imports.countApplied(tx, event.import_id, event.events);
    });
  }
}
