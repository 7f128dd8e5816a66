import { messageOf } from '#libs/kernel';
import { repoRoot } from '../../../compose/native/src/repo.js';
import { assertServes, elasticsearchClient } from './elasticsearch-client.js';
import { elasticsearchResources } from './elasticsearch-resources.js';
import { kibanaClient } from './kibana-client.js';
import { kibanaResources } from './kibana-resources.js';
import { untilReady } from './ready.js';
import type { Terminal } from '../terminal.js';
import type { Resource } from './resource.js';
import { setupConfig, type SetupConfig } from './setup.config.js';
import { failedCases, readCases } from './simulate-cases.js';

/** Where the command reads, writes and reports. */
export interface SetupWorld extends Terminal {
  config: SetupConfig;
  /** Folder of the repository. */
  root: string;
}

/** @returns exit code: 0 all is in place, 1 something differs or failed, 2 the command makes no sense */
export async function setup(options: readonly string[], terminal: Terminal): Promise<number> {
  const unknown = options.filter((option) => option !== '--check');
  if (unknown.length > 0) {
    terminal.complain(`setup does not know ${unknown.join(' ')}; it knows --check`);
    return 2;
  }
  try {
    const world = { ...terminal, config: setupConfig(), root: repoRoot };
    return await runSetup(world, options.includes('--check'));
  } catch (error) {
    terminal.complain(messageOf(error));
    return 1;
  }
}

/** Puts everything in place, or with `checkOnly` tells what is not. Running it again changes nothing. */
export async function runSetup(world: SetupWorld, checkOnly: boolean): Promise<number> {
  const { config, root, say } = world;
  const client = elasticsearchClient(config);
  try {
    await untilReady('Elasticsearch', config.waitMs, () => assertServes(client));
    let problems = await settle(world, elasticsearchResources(client, root), checkOnly);
    // What the pipeline does can only be asked once it is there.
    if (problems === 0 || !checkOnly) problems += await tryCases(world, client);
    if (config.kibanaUrl === undefined) say('Kibana: no MIRANTE_KIBANA_URL, left alone');
    else problems += await settle(world, await readyKibana(config, config.kibanaUrl, root), checkOnly);
    say(problems === 0 ? 'all is in place' : `${problems} ${problems === 1 ? 'problem' : 'problems'}`);
    return problems === 0 ? 0 : 1;
  } finally {
    await client.close();
  }
}

async function readyKibana(config: SetupConfig, kibanaUrl: string, root: string): Promise<readonly Resource[]> {
  const kibana = kibanaClient(kibanaUrl, config.authorization);
  await untilReady('Kibana', config.waitMs, () => kibana.assertServes());
  return kibanaResources(kibana, await kibana.version(), root);
}

async function settle(
  { say, complain }: SetupWorld,
  resources: readonly Resource[],
  checkOnly: boolean,
): Promise<number> {
  let problems = 0;
  for (const resource of resources) {
    const before = await resource.differences();
    if (before.length === 0) say(`  ok       ${resource.title}`);
    else if (checkOnly) {
      problems++;
      for (const difference of before) complain(`  differs  ${resource.title}: ${difference}`);
    } else if (await applied(resource, complain)) say(`  applied  ${resource.title}`);
    else problems++;
  }
  return problems;
}

/** Applies and looks again: a server that took something else than it was given is told at once. */
async function applied(resource: Resource, complain: (line: string) => void): Promise<boolean> {
  try {
    await resource.apply();
    const left = await resource.differences();
    for (const difference of left) complain(`  failed   ${resource.title}: after it was put, ${difference}`);
    return left.length === 0;
  } catch (error) {
    complain(`  failed   ${resource.title}: ${messageOf(error)}`);
    return false;
  }
}

async function tryCases(
  { root, say, complain }: SetupWorld,
  client: ReturnType<typeof elasticsearchClient>,
): Promise<number> {
  const cases = readCases(root);
  const failed = await failedCases(client, cases);
  for (const text of failed) complain(`  failed   pipeline case: ${text}`);
  if (failed.length === 0) say(`  ok       ${cases.length} cases of the ingest pipeline`);
  return failed.length;
}
