import { loadConfig } from '#libs/config';
import { createDataSource, type DataSourceParts } from './data-source.js';
import { assertDialect } from './data-source.js';
import { runMigrations } from './migrate.js';
import { databaseConfigSchema } from './persistence.config.js';

/**
 * Whole body of a service's `migrate.ts`: connects with the credentials of the environment (a user that may run DDL),
 * migrates, prints one line, and exits non-zero with the reason when it cannot.
 */
export async function migrateFromEnvironment(service: string, parts: DataSourceParts): Promise<void> {
  const config = loadConfig(databaseConfigSchema);
  const dataSource = createDataSource(config, parts, 2);
  try {
    await dataSource.initialize();
    await assertDialect(dataSource, config.MIRANTE_MYSQL_DIALECT);
    const ran = await runMigrations(dataSource);
    process.stdout.write(`${service}: ${ran.length === 0 ? 'schema is up to date' : `ran ${ran.join(', ')}`}\n`);
  } catch (error) {
    process.stderr.write(`${service}: migration failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}
