import { randomBytes } from 'node:crypto';
import { createConnection, type Connection } from 'mysql2/promise';
import { testServer } from './test-env.js';

/** A schema of its own for one test file. */
export interface TestDatabase {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** The same as environment variables of a service. */
  readonly env: Record<string, string>;
  /** Runs one statement in the schema, over a connection that the test owns. */
  query<T = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<T[]>;
  /** Deletes the schema. */
  drop(): Promise<void>;
}

/** Creates an empty schema with a random name on the shared test database server. */
export async function createTestDatabase(prefix: string = 'test'): Promise<TestDatabase> {
  const url = testServer('MIRANTE_TEST_MYSQL');
  const account = {
    host: url.hostname,
    port: Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
  const database = `${prefix}_${randomBytes(6).toString('hex')}`;
  const connection = await createConnection({ ...account, timezone: 'Z' });
  await connection.query(`CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
  await connection.query(`USE \`${database}\``);
  return {
    ...account,
    database,
    env: {
      MIRANTE_MYSQL_HOST: account.host,
      MIRANTE_MYSQL_PORT: String(account.port),
      MIRANTE_MYSQL_USER: account.user,
      MIRANTE_MYSQL_PASSWORD: account.password,
      MIRANTE_MYSQL_DATABASE: database,
      MIRANTE_MYSQL_DIALECT: 'mariadb',
    },
    query: (sql, values) => rowsOf(connection, sql, values),
    drop: async () => {
      await connection.query(`DROP DATABASE IF EXISTS \`${database}\``);
      await connection.end();
    },
  };
}

async function rowsOf<T>(connection: Connection, sql: string, values: unknown[] = []): Promise<T[]> {
  const [rows] = await connection.query(sql, values);
  return rows as T[];
}
