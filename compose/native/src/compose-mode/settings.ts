import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { paths } from '../stack/paths.js';
import { X_SIMULATOR } from '../stack/ports.js';
import { parseEnv } from './compose-env.js';
import type { ComposeRun } from './compose-run.js';

const INTERNAL_PORT = 9_464;

/** The file beside compose.yaml that `docker compose` reads by itself. */
const DOT_ENV = join(paths.repo, 'compose', '.env');

/** What the operator has said: in the environment, else in `.mirante/compose.env`, else in `compose/.env`. */
export function operatorSettings(
  secrets: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv = process.env,
  dotEnv = DOT_ENV,
): NodeJS.ProcessEnv {
  const beside = existsSync(dotEnv) ? parseEnv(readFileSync(dotEnv, 'utf8')) : {};
  const settings = { ...beside, ...secrets, ...env };
  // A file of this machine is none inside a container: its content is handed over.
  const file = settings['MIRANTE_X_BEARER_TOKEN_FILE'];
  return { ...settings, ...(file && { MIRANTE_X_BEARER_TOKEN: readFileSync(file, 'utf8').trim() }) };
}

/** Every variable the files may refer to: what was said, and what follows from how the stack is started. */
export function composeVariables(
  { profiles, publicUrl }: Pick<ComposeRun, 'profiles' | 'publicUrl'>,
  settings: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  return {
    MIRANTE_URL: publicUrl,
    MIRANTE_COMMIT: commit(),
    ...(profiles.includes('logs') && {
      MIRANTE_KIBANA_URL: `http://127.0.0.1:${settings['MIRANTE_KIBANA_PORT'] || 5601}`,
      MIRANTE_ELASTICSEARCH_URL: `http://mirante_posts:${settings['MIRANTE_ES_POSTS_PASSWORD']}@elasticsearch:9200`,
    }),
    ...settings,
    // Nobody gave a credential, so nothing else that was said about X can be meant for X.
    ...(profiles.includes('simulator') && SIMULATED_X),
  };
}

const SIMULATED_X = {
  MIRANTE_X_API_BASE_URL: `http://${X_SIMULATOR}:${INTERNAL_PORT}`,
  MIRANTE_X_SIMULATED: 'true',
  // It only has to be the same on both sides, within the private network.
  MIRANTE_X_BEARER_TOKEN: 'simulated',
  MIRANTE_X_STREAM: 'true',
  // Its prices are those of X, but nobody pays them.
  MIRANTE_X_DAILY_BUDGET_USD: '1000000',
};

function commit(): string {
  try {
    const args = ['rev-parse', '--short=12', 'HEAD'];
    return execFileSync('git', args, { cwd: paths.repo, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}
