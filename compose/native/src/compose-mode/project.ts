import type * as DockerFiles from '../../docker.mjs';
import { loadPlain } from '../plain.js';
import { publicAddress, publicUrl, simulatesX } from '../stack/config.js';
import { paths } from '../stack/paths.js';
import { loadComposeSecrets, type ComposeSecrets } from './compose-env.js';
import { readComposeRun, type ComposeRun } from './compose-run.js';
import { composeVariables, operatorSettings } from './settings.js';

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
  const files = plain.composeFiles(paths.repo);
  const secrets = loadComposeSecrets(paths.composeEnv, plain.requiredVariables(files));
  const settings = operatorSettings(secrets.values);
  const run: ComposeRun = {
    project: plain.composeProject(paths.repo),
    files,
    profiles: [...(logs ? ['logs'] : []), ...(simulatesX(settings) ? ['simulator'] : [])],
    publicUrl: publicUrl(publicAddress(settings)),
    startedAt: new Date().toISOString(),
  };
  return open(plain, run, secrets, reason);
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
  const env = composeVariables(run, operatorSettings(secrets.values));
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
