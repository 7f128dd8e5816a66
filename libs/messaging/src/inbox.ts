import { Injectable } from '@nestjs/common';
import { uuidv7, type SqlExecutor } from '#libs/kernel';
import { inboxDuplicates } from './outbox.metrics.js';

const MAX_KEY_LENGTH = 64;

/**
 * Makes the effect of an event happen once, however often it is delivered: ask in the first statement of the effect's
 * transaction, and do nothing when the answer is no.
 */
@Injectable()
export class Inbox {
  /** @returns true when this consumer has not applied the event yet */
  async accept(tx: SqlExecutor, consumer: string, messageId: string): Promise<boolean> {
    return (await this.acceptMany(tx, consumer, [messageId])).has(messageId);
  }

  /**
   * A concurrent transaction with the same event makes this one wait until that one ends.
   *
   * @returns the ids this consumer has not applied yet
   */
  async acceptMany(tx: SqlExecutor, consumer: string, messageIds: readonly string[]): Promise<Set<string>> {
    // The same order everywhere, so that two batches wait for each other instead of locking each other out.
    const ids = [...new Set(messageIds)].sort();
    if (ids.length === 0) return new Set();
    // INSERT IGNORE would cut a longer key short and take it for another event.
    for (const key of [consumer, ...ids]) {
      if (key.length === 0 || key.length > MAX_KEY_LENGTH) throw new RangeError(`not an inbox key: ${key}`);
    }
    const batch = uuidv7();
    await tx.query(
      `INSERT IGNORE INTO inbox (consumer, message_id, batch, accepted_at) VALUES ${ids
        .map(() => '(?, ?, ?, UTC_TIMESTAMP(3))')
        .join(', ')}`,
      ids.flatMap((id) => [consumer, id, batch]),
    );
    const rows = await tx.query<Array<{ message_id: string }>>(
      `SELECT message_id FROM inbox
       WHERE consumer = ? AND message_id IN (${ids.map(() => '?').join(', ')}) AND batch = ?`,
      [consumer, ...ids, batch],
    );
    if (rows.length < ids.length) inboxDuplicates.inc({ consumer }, ids.length - rows.length);
    return new Set(rows.map((row) => row.message_id));
  }
}
