import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type * as DockerFiles from '../../docker.mjs';
import { loadPlain } from '../plain.js';
import { publicAddress, simulatesX } from '../stack/config.js';
import { paths } from '../stack/paths.js';
import { X_SIMULATOR } from '../stack/ports.js';
import { loadComposeSecrets, type ComposeSecrets } from './compose-env.js';
import { readComposeRun, type ComposeRun } from './compose-run.js';

const INTERNAL_PORT = 9_464;

/** The stack as Docker knows it. */
export interface ComposeProject {
  readonly run: ComposeRun;
  readonly secrets: ComposeSecrets;
  /** Everything the files may refer to. */
  readonly env: NodeJS.ProcessEnv;
  /** Why Elasticsearch, Kibana and Filebeat are left out, if they are. */
  readonly withoutLogs: string | undefined;
  docker(args: readonly string[], options?: DockerFiles.DockerOptions): Promise<DockerFiles.DockerAnswer>;
  /** `docker compose` with the files of this project. */
  compose(args: readonly string[], options?: DockerFiles.DockerOptions): Promise<DockerFiles.DockerAnswer>;
}

/** The project as the next start would have it, with new secrets where there are none. */
export async function newProject(): Promise<ComposeProject> {
  const plain = await loadPlain<typeof DockerFiles>('docker.mjs');
  const { logs, reason } = plain.withLogs();
  const { host, port } = publicAddress();
  const run: ComposeRun = {
    project: plain.composeProject(paths.repo),
    files: plain.composeFiles(paths.repo),
    profiles: [...(logs ? ['logs'] : []), ...(simulatesX() ? ['simulator'] : [])],
    publicUrl: `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`,
    startedAt: new Date().toISOString(),
  };
  return open(plain, run, loadComposeSecrets(paths.composeEnv, plain.requiredVariables(run.files)), reason);
}

/** The project that was started here, if there is one. */
export async function startedProject(): Promise<ComposeProject | undefined> {
  const run = readComposeRun();
  if (!run) return undefined;
  const plain = await loadPlain<typeof DockerFiles>('docker.mjs');
  // Made up where the file is gone: to stop or to look, compose only has to understand its files.
  return open(plain, run, loadComposeSecrets(paths.composeEnv, plain.requiredVariables(run.files)), undefined);
}

function open(
  plain: typeof DockerFiles,
  run: ComposeRun,
  secrets: ComposeSecrets,
  withoutLogs: string | undefined,
): ComposeProject {
  const env = { ...secrets.values, ...derivedVariables(run, secrets), ...process.env, ...credentialOfX(process.env) };
  const common = ['compose', '-p', run.project, ...run.files.flatMap((file) => ['-f', file])];
  const profiles = run.profiles.flatMap((profile) => ['--profile', profile]);
  return {
    run,
    secrets,
    env,
    withoutLogs,
    docker: (args, options) => plain.docker(args, { env, ...options }),
    compose: (args, options) => plain.docker([...common, ...profiles, ...args], { env, ...options }),
  };
}

/** A file of this machine is none inside a container: its content is handed over. */
function credentialOfX(env: NodeJS.ProcessEnv): Record<string, string> {
  const file = env['MIRANTE_X_BEARER_TOKEN_FILE'];
  return file ? { MIRANTE_X_BEARER_TOKEN: readFileSync(file, 'utf8').trim() } : {};
}

/** What follows from how the stack is started, where the operator has not said otherwise. */
function derivedVariables({ profiles, publicUrl }: ComposeRun, { values }: ComposeSecrets): Record<string, string> {
  return {
    MIRANTE_URL: publicUrl,
    MIRANTE_COMMIT: commit(),
    ...(profiles.includes('logs') && {
      MIRANTE_KIBANA_URL: `http://127.0.0.1:${process.env['MIRANTE_KIBANA_PORT'] || values['MIRANTE_KIBANA_PORT'] || 5601}`,
      MIRANTE_ELASTICSEARCH_URL: `http://mirante_posts:${values['MIRANTE_ES_POSTS_PASSWORD']}@elasticsearch:9200`,
    }),
    ...(profiles.includes('simulator') && {
      MIRANTE_X_API_BASE_URL: `http://${X_SIMULATOR}:${INTERNAL_PORT}`,
      MIRANTE_X_SIMULATED: 'true',
      // It only has to be the same on both sides, within the private network.
      MIRANTE_X_BEARER_TOKEN: 'simulated',
      MIRANTE_X_STREAM: 'true',
      // Its prices are those of X, but nobody pays them.
      MIRANTE_X_DAILY_BUDGET_USD: '1000000',
    }),
  };
}

function commit(): string {
  try {
    const args = ['rev-parse', '--short=12', 'HEAD'];
    return execFileSync('git', args, { cwd: paths.repo, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}
