import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { backoffMs, sleep } from '#libs/kernel';
import { Databases } from './databases.service.js';
import { isConnectionFailure, retryReason } from './failure.js';
import { DatabaseUnavailableError } from './persistence.errors.js';
import { transactionRetries } from './persistence.metrics.js';

/** How {@link TransactionRunner} runs a piece of work. */
export interface TransactionOptions {
  /** Which pool pays for it. */
  pool?: 'api' | 'bulk';
  /** How often the work may run in all. */
  attempts?: number;
  /** `REPEATABLE READ` gives all reads of the work one snapshot. */
  isolation?: 'REPEATABLE READ';
}

/**
 * Runs work in one transaction, READ COMMITTED unless asked otherwise. After a deadlock, a lock wait timeout or a changed
 * snapshot the whole work runs again (3 times in all, with jitter), so it must not have effects outside the transaction.
 *
 * @throws DatabaseUnavailableError when the server is away; whether the commit happened is then unknown, so callers
 * repeat only what an inbox row or a unique key makes repeatable
 */
@Injectable()
export class TransactionRunner {
  constructor(private readonly databases: Databases) {}

  async run<T>(work: (tx: EntityManager) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const { pool = 'api', attempts = 3, isolation } = options;
    for (let attempt = 1; ; attempt++) {
      try {
        const database = this.connected(pool);
        return await (isolation ? database.transaction(isolation, work) : database.transaction(work));
      } catch (error) {
        const reason = retryReason(error);
        if (reason === undefined || attempt >= attempts) {
          throw isConnectionFailure(error) ? new DatabaseUnavailableError(error) : error;
        }
        transactionRetries.inc({ reason });
        await sleep(backoffMs(attempt, 20, 500));
      }
    }
  }

  /** One statement outside a transaction. */
  async query<T>(sql: string, parameters?: unknown[], pool: 'api' | 'bulk' = 'api'): Promise<T> {
    const database = this.connected(pool);
    try {
      return await database.query<T>(sql, parameters);
    } catch (error) {
      throw isConnectionFailure(error) ? new DatabaseUnavailableError(error) : error;
    }
  }

  private connected(pool: 'api' | 'bulk'): DataSource {
    const database = this.databases[pool];
    if (!database.isInitialized) throw new DatabaseUnavailableError(undefined);
    return database;
  }
}
