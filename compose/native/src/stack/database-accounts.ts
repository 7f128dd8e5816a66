import type { Connection } from 'mysql2/promise';
import { schemaOf } from '../services.js';
import type { DatabaseAccounts } from './secrets.js';

/** What each account of a service may do in its own schema; neither sees any other. */
const RIGHTS = { runtime: 'SELECT, INSERT, UPDATE, DELETE', migrate: 'ALL PRIVILEGES' } as const;

export type AccountKind = keyof typeof RIGHTS;

/** Name of an account of a service. */
export function accountOf(service: string, kind: AccountKind): string {
  // MySQL allows 32 characters.
  return kind === 'runtime' ? schemaOf(service) : `${schemaOf(service)}_ddl`;
}

/**
 * Creates the schema of a service and its accounts, and sets their passwords; repeats without effect.
 *
 * @param from where the accounts may log in from, as MySQL writes it: an address, or `%` in a private network
 */
export async function createDatabase(
  connection: Connection,
  service: string,
  passwords: DatabaseAccounts,
  from: string,
): Promise<void> {
  const schema = schemaOf(service);
  await connection.query(
    `CREATE DATABASE IF NOT EXISTS \`${schema}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
  );
  for (const kind of ['runtime', 'migrate'] as const) {
    const account = `'${accountOf(service, kind)}'@'${from}'`;
    await connection.query(`CREATE USER IF NOT EXISTS ${account}`);
    await connection.query(`ALTER USER ${account} IDENTIFIED BY ${connection.escape(passwords[kind])}`);
    // In GRANT an underscore stands for any character.
    await connection.query(`GRANT ${RIGHTS[kind]} ON \`${schema.replaceAll('_', '\\_')}\`.* TO ${account}`);
  }
}
