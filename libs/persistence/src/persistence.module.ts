import { Module, type DynamicModule } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { createDataSource, type DataSourceParts } from './data-source.js';
import { Databases } from './databases.service.js';
import { databaseConfigSchema } from './persistence.config.js';
import { TransactionRunner } from './transaction-runner.js';

/** How a service stands to its database. */
export interface PersistenceOptions {
  /** False for a service that can do without its database: it starts and is ready without. Default true. */
  required?: boolean;
}

/** Gives a service its own schema: {@link Databases} and {@link TransactionRunner}, for the whole process. */
@Module({})
export class PersistenceModule {
  static forService(parts: DataSourceParts, { required = true }: PersistenceOptions = {}): DynamicModule {
    return {
      module: PersistenceModule,
      global: true,
      providers: [
        {
          provide: Databases,
          useFactory: () => {
            const config = loadConfig(databaseConfigSchema);
            return new Databases(
              createDataSource(config, parts, config.MIRANTE_MYSQL_API_POOL),
              createDataSource(config, parts, config.MIRANTE_MYSQL_BULK_POOL),
              config.MIRANTE_MYSQL_DIALECT,
              required,
            );
          },
        },
        TransactionRunner,
      ],
      exports: [Databases, TransactionRunner],
    };
  }
}
