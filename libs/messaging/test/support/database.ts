import { createPool, type Pool, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';
import type { SqlExecutor } from '#libs/kernel';
import type { TestDatabase } from '#libs/testing';
import type { OutboxDatabase } from '../../src/index.js';

/** Transactions as the persistence library gives them: READ COMMITTED, results without the driver's wrapping. */
export interface TransactionalDatabase extends OutboxDatabase {
  close(): Promise<void>;
}

export function transactional(database: TestDatabase): TransactionalDatabase {
  const pool: Pool = createPool({
    host: database.host,
    port: database.port,
    user: database.user,
    password: database.password,
    database: database.database,
    connectionLimit: 20,
    timezone: 'Z',
    supportBigNumbers: true,
  });
  return {
    transaction: async (work) => {
      const connection = await pool.getConnection();
      const tx: SqlExecutor = {
        query: async <T>(sql: string, parameters: unknown[] = []) => {
          const [result] = await connection.query<RowDataPacket[] | ResultSetHeader>(sql, parameters);
          return result as T;
        },
      };
      try {
        await connection.query('SET TRANSACTION ISOLATION LEVEL READ COMMITTED');
        await connection.beginTransaction();
        const result = await work(tx);
        await connection.commit();
        return result;
      } catch (error) {
        await connection.rollback();
        throw error;
      } finally {
        connection.release();
      }
    },
    close: () => pool.end(),
  };
}
