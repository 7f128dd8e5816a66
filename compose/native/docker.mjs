// How the compose files are handed to Docker. Plain JavaScript: the choice between containers and processes is made before
// anything is installed or built.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** Elasticsearch and Kibana alone may take 3 GiB. */
const MEMORY_FOR_LOGS = 6 * 2 ** 30;
/** Elasticsearch refuses to start below it. */
const MAP_COUNT = 262_144;

/** Files of the stack, the base first; `MIRANTE_COMPOSE_EXTRA` adds some, separated by commas, such as stand-ins. */
export function composeFiles(repo, env = process.env) {
  const extra = (env.MIRANTE_COMPOSE_EXTRA ?? '').split(',').filter((name) => name.trim() !== '');
  return [
    join(repo, 'compose/compose.yaml'),
    join(repo, 'compose/compose.observability.yaml'),
    ...extra.map((name) => (isAbsolute(name.trim()) ? name.trim() : join(repo, name.trim()))),
  ];
}

/** Name of the project in Docker: another state folder is another stack. */
export function composeProject(repo, env = process.env) {
  if (!env.MIRANTE_STATE_DIR) return 'mirante';
  return `mirante-${createHash('sha256').update(resolve(env.MIRANTE_STATE_DIR)).digest('hex').slice(0, 8)}`;
}

/** Variables the files insist on. */
export function requiredVariables(files) {
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  return [...new Set(texts.flatMap((text) => [...text.matchAll(/\$\{(\w+):?\?/g)].map(([, name]) => name)))];
}

/** Whether Elasticsearch, Kibana and Filebeat run as well, and why not. `MIRANTE_WITH_LOGS=true|false` decides. */
export function withLogs(env = process.env, machine = { memory: totalmem(), mapCount: mapCount() }) {
  if (env.MIRANTE_WITH_LOGS === 'true') return { logs: true };
  if (env.MIRANTE_WITH_LOGS === 'false') return { logs: false, reason: 'MIRANTE_WITH_LOGS=false' };
  if (machine.memory < MEMORY_FOR_LOGS) {
    return {
      logs: false,
      reason: `this machine has ${(machine.memory / 2 ** 30).toFixed(1)} GiB of memory, they need 6`,
    };
  }
  if (machine.mapCount !== undefined && machine.mapCount < MAP_COUNT) {
    const fix = `sudo sysctl -w vm.max_map_count=${MAP_COUNT}`;
    return { logs: false, reason: `vm.max_map_count is ${machine.mapCount}, Elasticsearch needs ${MAP_COUNT}: ${fix}` };
  }
  return { logs: true };
}

/** Unknown where it cannot be read: then Docker runs in a machine of its own. */
function mapCount() {
  try {
    return Number(readFileSync('/proc/sys/vm/max_map_count', 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Runs the command line of Docker and collects what it says; never throws.
 *
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>} code 127 when it is not there, 124 after `timeoutMs`
 */
export function docker(args, { env = process.env, timeoutMs = 0, input = 'ignore', live = false } = {}) {
  return new Promise((done) => {
    const child = spawn('docker', args, { env, stdio: [input, live ? 'inherit' : 'pipe', live ? 'inherit' : 'pipe'] });
    const out = [];
    const err = [];
    let late = false;
    const timer = timeoutMs > 0 ? setTimeout(() => ((late = true), child.kill('SIGKILL')), timeoutMs) : undefined;
    child.stdout?.on('data', (chunk) => out.push(chunk));
    child.stderr?.on('data', (chunk) => err.push(chunk));
    child.once('error', (error) => finish(127, error.message));
    child.once('close', (code) => finish(late ? 124 : (code ?? 1)));
    function finish(code, problem = '') {
      clearTimeout(timer);
      const stderr = Buffer.concat(err).toString('utf8') + problem;
      done({ code, stdout: Buffer.concat(out).toString('utf8'), stderr });
    }
  });
}
