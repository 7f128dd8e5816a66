import { join } from 'node:path';
import { startedProject } from '../compose-mode/project.js';
import { startMariaDb } from '../servers/index.js';
import { loadStackConfig, portOf } from '../stack/config.js';
import { createDatabases, runMigrations } from '../stack/databases.js';
import { endLeftovers } from '../stack/leftovers.js';
import { paths } from '../stack/paths.js';
import { liveRun } from '../stack/run-file.js';
import { runningConfig } from '../stack/running-config.js';

/** `migrate`: brings all schemas up to date, on the running stack or with the database started just for this. */
export async function migrate(): Promise<number> {
  const containers = await startedProject();
  if (containers) return (await containers.compose(['run', '--rm', 'migrate'], { live: true })).code;
  if (liveRun()) {
    report(await runMigrations(runningConfig()));
    return 0;
  }
  await endLeftovers();
  const config = await loadStackConfig();
  const database = await startMariaDb({
    dir: join(paths.data, 'mariadb'),
    port: portOf(config.ports, 'mariadb'),
    rootPassword: config.secrets.mariadbRoot,
  });
  try {
    await createDatabases(config, database.socket);
    report(await runMigrations(config));
  } finally {
    await database.stop();
  }
  return 0;
}

function report(outcomes: readonly string[]): void {
  console.log(outcomes.length > 0 ? outcomes.join('\n') : 'no service has migrations');
}
