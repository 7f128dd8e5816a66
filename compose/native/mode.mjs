// Containers or processes of our own: decided before anything is installed, from what Docker and the registries answer.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { composeFiles, composeProject, docker as realDocker, requiredVariables, withLogs } from './docker.mjs';

const ENGINE_PATIENCE_MS = 5_000;
const REGISTRY_PATIENCE_MS = 3_000;
const OLDEST_COMPOSE = [2, 20];
const DOCKER_HUB = 'registry-1.docker.io';

/**
 * @returns {Promise<{ mode: 'native' | 'compose', reason: string }>} the reason is for the one line that says why
 * @throws when `MIRANTE_MODE` asks for containers and there can be none, or for something unknown
 */
export async function chooseMode(repo, env = process.env, world = {}) {
  const wish = env.MIRANTE_MODE || 'auto';
  if (!['auto', 'compose', 'native'].includes(wish)) {
    throw new Error(`MIRANTE_MODE: expected auto, compose or native, got "${wish}"`);
  }
  if (wish === 'native') return { mode: 'native', reason: env.MIRANTE_MODE_REASON || 'MIRANTE_MODE=native' };
  // Chosen already, by the script that has started us.
  if (wish === 'compose' && env.MIRANTE_MODE_REASON) return { mode: 'compose', reason: env.MIRANTE_MODE_REASON };
  const state = stateOf(repo, env);
  const has = (name) => existsSync(join(state, name));
  if (wish === 'auto' && has('secrets.json') && !has('compose.env')) {
    return {
      mode: 'native',
      reason: 'the data of this stack was made by processes; MIRANTE_MODE=compose for containers',
    };
  }
  const { lack, reason } = await whatComposeOffers(repo, env, { docker: realDocker, fetch, ...world });
  if (lack === undefined) return { mode: 'compose', reason };
  if (wish === 'compose') throw new Error(`MIRANTE_MODE=compose, but ${lack}`);
  const left = has('compose.env') ? '; what was stored in containers stays in their volumes' : '';
  return { mode: 'native', reason: `${lack}${left}` };
}

/** Whether a command works with containers: those that were started, or those it is about to start. Tells the command so. */
export async function usesContainers(repo, command, env = process.env) {
  const state = stateOf(repo, env);
  if (command === 'migrate') return existsSync(join(state, 'compose.json'));
  if (command !== 'up' || existsSync(join(state, 'run.json'))) return false;
  const { mode, reason } = await chooseMode(repo, env);
  Object.assign(env, { MIRANTE_MODE: mode, MIRANTE_MODE_REASON: reason });
  return mode === 'compose';
}

function stateOf(repo, env) {
  return env.MIRANTE_STATE_DIR ? resolve(env.MIRANTE_STATE_DIR) : join(repo, '.mirante');
}

async function whatComposeOffers(repo, env, { docker, fetch: get }) {
  if (!existsSync(join(repo, 'compose/compose.yaml'))) return { lack: 'this clone has no compose/compose.yaml' };
  const engine = await docker(['version', '--format', '{{.Server.Version}}'], { env, timeoutMs: ENGINE_PATIENCE_MS });
  if (engine.code === 127) return { lack: 'Docker is not installed' };
  const version = engine.stdout.trim();
  if (engine.code !== 0 || version === '') return { lack: 'no Docker engine answers' };
  const compose = await docker(['compose', 'version', '--short'], { env, timeoutMs: ENGINE_PATIENCE_MS });
  if (compose.code !== 0) return { lack: `Docker ${version} has no "docker compose"` };
  if (!isNewEnough(compose.stdout)) {
    return { lack: `docker compose ${compose.stdout.trim()} is older than ${OLDEST_COMPOSE.join('.')}` };
  }
  const missing = await missingImages(repo, env, docker);
  if (typeof missing === 'string') return { lack: missing };
  if (missing.length === 0) return { reason: `Docker ${version} answers and has every image` };
  const registries = [...new Set(missing.map(registryOf))];
  const silent = await Promise.all(registries.map(async (host) => ((await answers(host, get)) ? undefined : host)));
  const lost = silent.find((host) => host !== undefined);
  if (lost === undefined) return { reason: `Docker ${version} answers and can fetch ${missing.length} images` };
  const others = missing.length > 1 ? ` and ${missing.length - 1} other images` : '';
  return { lack: `Docker ${version} lacks ${missing[0]}${others}, and ${lost} does not answer` };
}

/** @returns names of the images that would have to be fetched, or what is wrong */
async function missingImages(repo, env, docker) {
  const files = composeFiles(repo, env);
  const lost = files.find((file) => !existsSync(file));
  if (lost !== undefined) return `there is no ${lost}`;
  const placeholders = Object.fromEntries(requiredVariables(files).map((name) => [name, 'placeholder']));
  const profiles = withLogs(env).logs ? ['--profile', 'logs'] : [];
  const args = ['compose', '-p', composeProject(repo, env), ...files.flatMap((file) => ['-f', file]), ...profiles];
  const dockerEnv = { ...placeholders, ...env };
  const { code, stdout, stderr } = await docker([...args, 'config', '--format', 'json'], {
    env: dockerEnv,
    timeoutMs: 15_000,
  });
  if (code !== 0) return `docker compose does not take the files: ${stderr.trim().split('\n').at(-1)}`;
  const wanted = imagesToHave(JSON.parse(stdout));
  const inspect = (image) => docker(['image', 'inspect', image], { env, timeoutMs: ENGINE_PATIENCE_MS });
  const there = await Promise.all(wanted.map(async (image) => (await inspect(image)).code === 0));
  return wanted.filter((_, index) => !there[index]);
}

/** Images that nothing here builds, and what ours is built on. */
export function imagesToHave({ services }) {
  const all = Object.values(services);
  const built = new Set(all.filter(({ build }) => build).map(({ image }) => image));
  const bases = all.flatMap(({ build }) => build?.args?.NODE_IMAGE ?? []);
  const others = all.map(({ image }) => image).filter((image) => image && !built.has(image));
  return [...new Set([...bases, ...others])].sort((a, b) => a.localeCompare(b));
}

/** Host of the registry an image comes from. */
export function registryOf(image) {
  const [first, ...rest] = image.split('/');
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : DOCKER_HUB;
}

/** Any answer will do: without a login it is a refusal. */
async function answers(host, get) {
  try {
    await get(`https://${host}/v2/`, { signal: AbortSignal.timeout(REGISTRY_PATIENCE_MS), redirect: 'manual' });
    return true;
  } catch {
    return false;
  }
}

export function isNewEnough(version, [major, minor] = OLDEST_COMPOSE) {
  const [, own = 0, ownMinor = 0] = /(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(own) > major || (Number(own) === major && Number(ownMinor) >= minor);
}
