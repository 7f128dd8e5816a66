import { loadConfig } from '#libs/config';
import { createDataSource, databaseConfigSchema, Databases, runMigrations, TransactionRunner } from '#libs/persistence';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { SCHEMA } from '../src/data-source.js';

/** A migrated schema of the gateway and the pools on it. */
export interface KeysDatabase {
  schema: TestDatabase;
  databases: Databases;
  transactions: TransactionRunner;
  close(): Promise<void>;
}

export async function createKeysDatabase(): Promise<KeysDatabase> {
  const schema = await createTestDatabase('gateway');
  const config = loadConfig(databaseConfigSchema, schema.env);
  const api = createDataSource(config, SCHEMA, 4);
  const databases = new Databases(api, createDataSource(config, SCHEMA, 2), config.MIRANTE_MYSQL_DIALECT);
  await databases.onModuleInit();
  await runMigrations(api);
  return {
    schema,
    databases,
    transactions: new TransactionRunner(databases),
    close: async () => {
      await databases.onApplicationShutdown();
      await schema.drop();
    },
  };
}
