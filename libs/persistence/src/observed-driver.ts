import mysql2 from 'mysql2';
import type { PoolConnection, PoolOptions } from 'mysql2';
import { dbClientDuration } from '#libs/observability';
import { nameStatement } from './statement-name.js';

type QueryCallback = (error: Error | null, ...rest: unknown[]) => void;
type Query = (sql: unknown, values?: unknown, callback?: QueryCallback) => unknown;

/** What each new session is set to, so that no result depends on how the server is configured. */
const SESSION_STATEMENTS = [
  "SET SESSION time_zone = '+00:00'",
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
] as const;

function textOf(statement: unknown): string {
  return typeof statement === 'string' ? statement : String((statement as { sql?: unknown }).sql ?? '');
}

function observe(connection: PoolConnection): void {
  const plain = connection.query.bind(connection) as Query;
  const observed: Query = (sql, values, callback) => {
    const done = (typeof values === 'function' ? values : callback) as QueryCallback | undefined;
    if (!done) return plain(sql, values);
    const startedAt = performance.now();
    const timed: QueryCallback = (error, ...rest) => {
      const { operation, table } = nameStatement(textOf(sql));
      dbClientDuration.observe(
        { db_operation_name: operation, db_collection_name: table, outcome: error ? 'error' : 'ok' },
        (performance.now() - startedAt) / 1_000,
      );
      done(error, ...rest);
    };
    return typeof values === 'function' ? plain(sql, timed) : plain(sql, values, timed);
  };
  Object.assign(connection, { query: observed });
}

/** mysql2 as TypeORM loads it, with the session set up and every statement measured. */
export const observedMysql2 = {
  ...mysql2,
  createPool(options: PoolOptions) {
    const pool = mysql2.createPool(options);
    pool.on('connection', (connection) => {
      for (const statement of SESSION_STATEMENTS) connection.query(statement);
      observe(connection);
    });
    return pool;
  },
};
