import type { DataSource } from 'typeorm';

/** Two processes that start together must not both migrate. */
const LOCK_TIMEOUT_S = 60;

/**
 * Runs the pending migrations in order, one process at a time (`GET_LOCK`). DDL commits by itself on both servers, so
 * each migration is one change that can be repeated.
 *
 * @returns names of the migrations that ran
 * @throws when another process holds the lock for a minute, or a migration fails
 */
export async function runMigrations(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  const lock = `migrate:${String(dataSource.options.database)}`.slice(0, 64);
  try {
    const rows = (await runner.query('SELECT GET_LOCK(?, ?) AS locked', [lock, LOCK_TIMEOUT_S])) as {
      locked: number | null;
    }[];
    if (rows[0]?.locked !== 1)
      throw new Error(`another process has been migrating for ${LOCK_TIMEOUT_S} s (lock ${lock})`);
    const ran = await dataSource.runMigrations({ transaction: 'none' });
    return ran.map((migration) => migration.name);
  } finally {
    await runner.query('SELECT RELEASE_LOCK(?)', [lock]).catch(() => undefined);
    await runner.release();
  }
}

/**
 * Statements TypeORM would run to make the schema equal to the entities. Empty when they agree; `synchronize` itself is
 * never used.
 */
export async function schemaDrift(dataSource: DataSource): Promise<string[]> {
  const plan = await dataSource.driver.createSchemaBuilder().log();
  return plan.upQueries.map((query) => query.query);
}
