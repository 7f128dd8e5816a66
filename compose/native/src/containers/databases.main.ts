import { createConnection } from 'mysql2/promise';
import { createDatabase } from '../stack/database-accounts.js';
import { createExporterAccount } from '../stack/exporter-account.js';
import { databasesJob, type DatabasesJob } from './jobs.config.js';

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
    await createExporterAccount(connection, job.exporterPassword, '%', job.dialect);
    process.stdout.write(`accounts of ${Object.keys(job.accounts).join(', ')} and the exporter are there\n`);
  } finally {
    await connection.end();
  }
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
