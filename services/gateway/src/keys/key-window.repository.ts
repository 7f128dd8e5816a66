import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '#libs/persistence';

const MINUTE_MS = 60_000;
const ELAPSED_MS = `MOD(FLOOR(UNIX_TIMESTAMP(NOW(3)) * 1000), ${MINUTE_MS})`;

/** What all gateways together have reserved for a key in the running minute of the database's clock. */
export interface SharedWindow {
  used: number;
  /** Milliseconds of the minute that are over. */
  elapsedMs: number;
}

/** All SQL about the limits gateways share. */
@Injectable()
export class KeyWindowRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  /**
   * Adds to what is used of the minute, also beyond the limit. One statement and no read: `LAST_INSERT_ID(expression)`
   * brings the sum and the database's place in the minute back with the acknowledgement, so clocks of gateways need not agree.
   * Assignments run from left to right: `used` is told by the minute before, `receipt` by the new sum.
   */
  async reserve(keyId: string, requests: number): Promise<SharedWindow> {
    const { insertId } = await this.transactions.query<{ insertId: number }>(
      `INSERT INTO key_window (key_id, minute, used, receipt)
       VALUES (?, FLOOR(UNIX_TIMESTAMP() / 60), ?, LAST_INSERT_ID(? * ${MINUTE_MS} + ${ELAPSED_MS}))
       ON DUPLICATE KEY UPDATE
         used = IF(minute = VALUES(minute), used + VALUES(used), VALUES(used)),
         minute = VALUES(minute),
         receipt = LAST_INSERT_ID(used * ${MINUTE_MS} + ${ELAPSED_MS})`,
      [keyId, requests, requests],
    );
    return { used: Math.floor(insertId / MINUTE_MS), elapsedMs: insertId % MINUTE_MS };
  }
}
