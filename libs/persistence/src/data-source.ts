import { DataSource } from 'typeorm';
import type { DatabaseConfig } from './persistence.config.js';
import { observedMysql2 } from './observed-driver.js';
import { DialectMismatchError } from './persistence.errors.js';

type Class = new (...args: never[]) => object;

/** What belongs to one service's schema, listed by hand: no globs. */
export interface DataSourceParts {
  entities: Class[];
  migrations?: Class[];
}

/** Longest queue for a connection before a caller is turned away instead of waiting for ever. */
const QUEUE_LIMIT = 200;

/**
 * A TypeORM data source with the settings this project stands on: UTC, READ COMMITTED, utf8mb4, one measured mysql2
 * pool, a bounded queue, no `synchronize`. Numbers beyond 2^53 arrive as strings, all others as numbers.
 */
export function createDataSource(config: DatabaseConfig, parts: DataSourceParts, poolSize: number): DataSource {
  return new DataSource({
    type: config.MIRANTE_MYSQL_DIALECT,
    host: config.MIRANTE_MYSQL_HOST,
    port: config.MIRANTE_MYSQL_PORT,
    username: config.MIRANTE_MYSQL_USER,
    password: config.MIRANTE_MYSQL_PASSWORD.reveal(),
    database: config.MIRANTE_MYSQL_DATABASE,
    entities: parts.entities,
    migrations: parts.migrations ?? [],
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'none',
    synchronize: false,
    logging: false,
    charset: 'utf8mb4_unicode_520_ci',
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: false,
    connectTimeout: 5_000,
    // TypeORM's own errors carry the stack; a second capture per statement costs some percent of a bulk import.
    trace: false,
    poolSize,
    driver: observedMysql2,
    extra: { queueLimit: QUEUE_LIMIT, idleTimeout: 60_000, maxPreparedStatements: 200 },
  });
}

/**
 * Compares the configured dialect with the server. With the wrong one TypeORM misreads JSON columns.
 *
 * @throws DialectMismatchError
 */
export async function assertDialect(
  dataSource: DataSource,
  dialect: DatabaseConfig['MIRANTE_MYSQL_DIALECT'],
): Promise<void> {
  const rows = await dataSource.query<{ version: string }[]>('SELECT VERSION() AS version');
  const version = rows[0]?.version ?? '';
  const actual = /mariadb/i.test(version) ? 'mariadb' : 'mysql';
  if (actual !== dialect) throw new DialectMismatchError(dialect, actual, version);
}
