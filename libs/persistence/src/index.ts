export { assertDialect, createDataSource, type DataSourceParts } from './data-source.js';
export { Databases } from './databases.service.js';
export { insertAbsentRows, insertRows, type InsertOptions } from './insert-rows.js';
export { runMigrations, schemaDrift } from './migrate.js';
export { databaseConfigSchema, type DatabaseConfig } from './persistence.config.js';
export { DatabaseUnavailableError, DialectMismatchError } from './persistence.errors.js';
export { PersistenceModule, type PersistenceOptions } from './persistence.module.js';
export { migrateFromEnvironment } from './run-migrations.cli.js';
export { TransactionRunner, type TransactionOptions } from './transaction-runner.js';
