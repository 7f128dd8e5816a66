import { Injectable } from '@nestjs/common';
import { Inbox } from '#libs/messaging';
import { TransactionRunner } from '#libs/persistence';
import { ArchiveImportRepository } from './archive-import.repository.js';

const CONSUMER = 'archives';

/** How much of an import the roll-ups include already; the import is done when they include all of it. */
@Injectable()
export class ImportProgressService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly inbox: Inbox,
    private readonly imports: ArchiveImportRepository,
  ) {}

  /** @param messageId of the announcement, which may come more than once */
  async countApplied(messageId: string, importId: string, events: number): Promise<void> {
    await this.transactions.run(async (tx) => {
      if (!(await this.inbox.accept(tx, CONSUMER, messageId))) return;
      await this.imports.countApplied(tx, importId, events);
    });
  }
}
