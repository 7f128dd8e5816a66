import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { schemaOf } from '../services.js';
import { accountOf } from '../stack/database-accounts.js';
import { migrationEnvironments } from './jobs.config.js';

/** Where the image keeps what was built: four folders up from here. */
const dist = join(import.meta.dirname, '..', '..', '..', '..');

/** Brings the schema of one service up to date, with the account that may do so. */
function migrate(service: string, env: Record<string, string>): Promise<boolean> {
  const { PATH, NODE_OPTIONS } = process.env;
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', join(dist, 'services', service, 'src', 'migrate.js')],
    {
      env: {
        ...(PATH !== undefined && { PATH }),
        ...(NODE_OPTIONS !== undefined && { NODE_OPTIONS }),
        ...env,
        MIRANTE_MYSQL_USER: accountOf(service, 'migrate'),
        MIRANTE_MYSQL_DATABASE: schemaOf(service),
      },
      stdio: 'inherit',
    },
  );
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}

try {
  const outcomes = await Promise.all([...migrationEnvironments()].map(([service, env]) => migrate(service, env)));
  if (!outcomes.every(Boolean)) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
