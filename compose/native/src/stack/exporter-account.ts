import type { Connection } from 'mysql2/promise';

/** Account of the exporter, which reads counters of the server and no table of ours. */
export const EXPORTER_ACCOUNT = 'mirante_exporter';

const RIGHTS = {
  mysql: 'PROCESS, REPLICATION CLIENT',
  mariadb: 'PROCESS, REPLICATION CLIENT, SLAVE MONITOR',
} as const;

/**
 * Creates the account and sets its password; repeats without effect.
 *
 * @param from where it may log in from, as MySQL writes it: an address, or `%` in a private network
 */
export async function createExporterAccount(
  connection: Connection,
  password: string,
  from: string,
  dialect: keyof typeof RIGHTS,
): Promise<void> {
  const account = `'${EXPORTER_ACCOUNT}'@'${from}'`;
  await connection.query(`CREATE USER IF NOT EXISTS ${account}`);
  // It is to watch the connections of others, not to take them.
  await connection.query(
    `ALTER USER ${account} IDENTIFIED BY ${connection.escape(password)} WITH MAX_USER_CONNECTIONS 3`,
  );
  await connection.query(`GRANT ${RIGHTS[dialect]} ON *.* TO ${account}`);
  await connection.query(`GRANT SELECT ON performance_schema.* TO ${account}`);
}
