import { createConnection, type Connection } from 'mysql2/promise';
import { createDatabase } from '../stack/database-accounts.js';
import { databasesJob, type DatabasesJob } from './jobs.config.js';

/** What the exporter of metrics may do: read counters of the server. It sees no table of ours. */
const EXPORTER_RIGHTS = {
  mysql: ['PROCESS, REPLICATION CLIENT ON *.*', 'SELECT ON performance_schema.*'],
  mariadb: ['PROCESS, REPLICATION CLIENT, SLAVE MONITOR ON *.*', 'SELECT ON performance_schema.*'],
};

/** Creates the schemas and accounts of all services, and that of the exporter; repeats without effect. */
async function createDatabases(job: DatabasesJob): Promise<void> {
  const connection = await createConnection({
    host: job.host,
    port: job.port,
    user: 'root',
    password: job.rootPassword,
    connectTimeout: 10_000,
  });
  try {
    // Whoever reaches the server is in its private network already, and its addresses change.
    for (const [service, passwords] of Object.entries(job.accounts)) {
      await createDatabase(connection, service, passwords, '%');
    }
    await createExporter(connection, job);
    process.stdout.write(`accounts of ${Object.keys(job.accounts).join(', ')} and the exporter are there\n`);
  } finally {
    await connection.end();
  }
}

async function createExporter(connection: Connection, { dialect, exporterPassword }: DatabasesJob): Promise<void> {
  await connection.query(`CREATE USER IF NOT EXISTS 'mirante_exporter'@'%'`);
  await connection.query(
    `ALTER USER 'mirante_exporter'@'%' IDENTIFIED BY ${connection.escape(exporterPassword)} WITH MAX_USER_CONNECTIONS 3`,
  );
  for (const right of EXPORTER_RIGHTS[dialect]) await connection.query(`GRANT ${right} TO 'mirante_exporter'@'%'`);
}

try {
  await createDatabases(databasesJob());
} catch (error) {
  const { code } = error as { code?: string };
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (code === 'ER_ACCESS_DENIED_ERROR') {
    process.stderr.write(
      'The data of MySQL was made with another root password than MIRANTE_MYSQL_ROOT_PASSWORD says: a volume keeps the\n' +
        'passwords it was made with. Fix: put the old password back, or change it in the running server (ALTER USER).\n',
    );
  }
  process.exitCode = 1;
}
