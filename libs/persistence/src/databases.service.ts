import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { backoffMs, messageOf, sleep } from '#libs/kernel';
import { createLogger, health } from '#libs/observability';
import { assertDialect } from './data-source.js';
import type { DatabaseConfig } from './persistence.config.js';
import { DialectMismatchError } from './persistence.errors.js';

const logger = createLogger('Databases');

/**
 * The pools of a process, kept apart so that bulk work cannot starve requests. Start-up waits for the server for as
 * long as it takes: a database that comes late is no reason to crash. A service that can do without its database does not
 * wait and is ready without it; until it is there statements fail as they do when it is away.
 */
@Injectable()
export class Databases implements OnModuleInit, OnApplicationShutdown {
  private readonly closing = new AbortController();

  constructor(
    readonly api: DataSource,
    readonly bulk: DataSource,
    private readonly dialect: DatabaseConfig['MIRANTE_MYSQL_DIALECT'],
    private readonly required = true,
  ) {
    if (!required) return;
    health.add('database', async () => {
      await this.api.query('SELECT 1');
    });
  }

  async onModuleInit(): Promise<void> {
    const connected = this.connect(this.api).then(() => this.connect(this.bulk));
    if (this.required) await connected;
    // Only a dialect that does not match can fail here. Nobody catches it: it must end the process.
    else void connected;
  }

  async onApplicationShutdown(): Promise<void> {
    this.closing.abort();
    for (const pool of [this.api, this.bulk]) if (pool.isInitialized) await pool.destroy();
  }

  private async connect(dataSource: DataSource): Promise<void> {
    for (let attempt = 0; !this.closing.signal.aborted; attempt++) {
      try {
        if (!dataSource.isInitialized) await dataSource.initialize();
        await assertDialect(dataSource, this.dialect);
        return;
      } catch (error) {
        if (error instanceof DialectMismatchError) throw error;
        logger.warn(`database not reachable yet: ${messageOf(error)}`, {
          event: { action: 'database-connect', outcome: 'failure' },
        });
        await sleep(200 + backoffMs(attempt, 250, 5_000), this.closing.signal);
      }
    }
  }
}
