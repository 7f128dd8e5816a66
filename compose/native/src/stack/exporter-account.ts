import type { Connection } from 'mysql2/promise';

/** Account of the exporter, which reads counters of the server and no table of ours. */
export const EXPORTER_ACCOUNT = 'mirante_exporter';

const ACCOUNT = `'${EXPORTER_ACCOUNT}'@'127.0.0.1'`;

/** Creates the account and sets its password; repeats without effect. */
export async function createExporterAccount(connection: Connection, password: string): Promise<void> {
  await connection.query(`CREATE USER IF NOT EXISTS ${ACCOUNT}`);
  // It is to watch the connections of others, not to take them.
  await connection.query(
    `ALTER USER ${ACCOUNT} IDENTIFIED BY ${connection.escape(password)} WITH MAX_USER_CONNECTIONS 3`,
  );
  await connection.query(`GRANT PROCESS, REPLICATION CLIENT, SLAVE MONITOR ON *.* TO ${ACCOUNT}`);
}
