// Pre-flight: looks and changes nothing. Each check names the measured value, the needed value and the fix.
import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { isSupported } from './node-version.mjs';
import { packagesAreMissing } from './packages.mjs';
import { locatePrograms, OPTIONAL, PACKAGES, prefixDir } from './programs.mjs';
import { commandOf, listenerPid, listeningInode } from './sockets.mjs';

/** Below the need by at most this share is a warning: memory sizes are never round. */
const TOLERANCE = 0.05;
const MEMORY_MIB = 1_500;
const DISK_MIB = 1_024;
const PREFIX_DISK_MIB = 700;
const OPEN_FILES = 4_096;

/** @returns {'ok' | 'warn' | 'fail'} */
export function rateAmount(measured, needed) {
  if (measured >= needed) return 'ok';
  return measured >= needed * (1 - TOLERANCE) ? 'warn' : 'fail';
}

/** Every check, in the order in which a failure would bite. */
export function runChecks(repo, env = process.env) {
  const state = env.MIRANTE_STATE_DIR ? resolve(env.MIRANTE_STATE_DIR) : join(repo, '.mirante');
  const { found, missing: absent } = locatePrograms(repo, env);
  const missing = absent.filter((group) => !OPTIONAL.includes(group));
  return [
    nodeVersion(repo),
    system(missing),
    memory(),
    disk(repo, missing),
    cores(),
    openFiles(),
    writable(repo),
    packages(repo),
    ...Object.keys(PACKAGES).map((group) => programCheck(group, found[group]?.server, prefixDir(repo, env))),
    publicPort(state, env),
    secrets(state),
  ];
}

export function doctor(repo, args) {
  const checks = runChecks(repo);
  if (args.includes('--json')) {
    console.log(JSON.stringify(checks, undefined, 2));
  } else {
    for (const { state, name, measured, needed, fix } of checks) {
      console.log(`${state.padEnd(4)}  ${name}: ${measured}${needed ? ` (needs ${needed})` : ''}`);
      if (fix && state !== 'ok') console.log(`      fix: ${fix}`);
    }
  }
  return checks.some((check) => check.state === 'fail') ? 1 : 0;
}

function nodeVersion(repo) {
  const needed = JSON.parse(readFileSync(join(repo, 'package.json'), 'utf8')).engines.node;
  const state = isSupported(process.versions.node, needed) ? 'ok' : 'fail';
  return {
    name: 'node',
    state,
    measured: process.versions.node,
    needed,
    fix: 'install a release from https://nodejs.org',
  };
}

function system(missing) {
  const measured = `${process.platform} ${process.arch}`;
  const hasApt = existsSync('/usr/bin/apt-get') && existsSync('/usr/bin/dpkg-deb');
  const state = process.platform === 'linux' && (missing.length === 0 || hasApt) ? 'ok' : 'fail';
  const fix = 'run on Linux with MariaDB, RabbitMQ, Prometheus and Alertmanager installed, or use Docker';
  return { name: 'system', state, measured, needed: 'Linux; Debian or Ubuntu when servers are not installed', fix };
}

function memory() {
  const available = /MemAvailable:\s+(\d+)/.exec(text('/proc/meminfo'))?.[1];
  const measured = Math.round(Number(available ?? 0) / 1024);
  const state = rateAmount(measured, MEMORY_MIB);
  return {
    name: 'memory',
    state,
    measured: `${measured} MiB free`,
    needed: `${MEMORY_MIB} MiB`,
    fix: 'end other programs',
  };
}

function disk(repo, missing) {
  const stats = statfsSync(repo);
  const measured = Math.round((stats.bavail * stats.bsize) / 2 ** 20);
  const needed = DISK_MIB + (missing.length > 0 ? PREFIX_DISK_MIB : 0);
  const fix = `free space on the file system of ${repo}`;
  return {
    name: 'disk',
    state: rateAmount(measured, needed),
    measured: `${measured} MiB free`,
    needed: `${needed} MiB`,
    fix,
  };
}

function cores() {
  const measured = cpus().length;
  const state = measured >= 2 ? 'ok' : 'warn';
  return { name: 'processors', state, measured: String(measured), needed: '2', fix: 'expect a slow start' };
}

function openFiles() {
  const limits = /Max open files\s+(\S+)\s+(\S+)/.exec(text('/proc/self/limits'));
  const measured = limits?.[2] === 'unlimited' ? Infinity : Number(limits?.[2] ?? 0);
  const state = measured >= OPEN_FILES ? 'ok' : 'warn';
  return {
    name: 'open files',
    state,
    measured: String(measured),
    needed: String(OPEN_FILES),
    fix: `ulimit -n ${OPEN_FILES}`,
  };
}

function writable(repo) {
  try {
    accessSync(repo, constants.W_OK);
    return { name: 'folder', state: 'ok', measured: `${repo} is writable` };
  } catch {
    return {
      name: 'folder',
      state: 'fail',
      measured: `${repo} is not writable`,
      fix: 'clone into a folder of your own',
    };
  }
}

function packages(repo) {
  const measured = packagesAreMissing(repo) ? 'not as in package-lock.json: "npm run up" installs them' : 'installed';
  return { name: 'npm packages', state: 'ok', measured };
}

/** @param {string | undefined} server where it is, if it is anywhere */
export function programCheck(group, server, prefix) {
  const where = server ?? prefix;
  if (group === 'rabbitmq' && /\s/.test(where)) {
    const measured = `its scripts break at the blank in ${where}`;
    return { name: group, state: 'fail', measured, fix: 'set MIRANTE_PREFIX to a folder without a blank in its path' };
  }
  if (server) return { name: group, state: 'ok', measured: server };
  const names = PACKAGES[group].join(' ');
  if (!existsSync('/usr/bin/apt-get')) {
    const state = OPTIONAL.includes(group) ? 'warn' : 'fail';
    return { name: group, state, measured: 'not installed', needed: names, fix: `install ${names}` };
  }
  const measured = `not installed: "npm run up" unpacks ${names} into ${prefix}`;
  return { name: group, state: 'ok', measured };
}

/** The one port that is not chosen freely, because people type it. */
function publicPort(state, env) {
  const port = Number(env.MIRANTE_PORT || 8080);
  const check = { name: `port ${port}`, needed: 'free, or held by this stack' };
  const taken = ['/proc/net/tcp', '/proc/net/tcp6'].some((file) => listeningInode(text(file), port) !== undefined);
  if (!taken) return { ...check, state: 'ok', measured: 'free' };
  const pid = listenerPid(port);
  if (pid !== undefined && ownPids(state).includes(pid)) {
    return { ...check, state: 'ok', measured: `held by this stack (process ${pid})` };
  }
  const measured =
    pid === undefined ? 'held by a process of another user' : `held by process ${pid}: ${commandOf(pid)}`;
  const fix = `end that program, or choose another port: MIRANTE_PORT=${port + 1} npm run up`;
  return { ...check, state: 'fail', measured, fix };
}

function ownPids(state) {
  try {
    return JSON.parse(text(join(state, 'run.json'))).parts.map((part) => part.pid);
  } catch {
    return [];
  }
}

function secrets(state) {
  const hasData = existsSync(join(state, 'data'));
  const hasSecrets = existsSync(join(state, 'secrets.json'));
  if (!hasData || hasSecrets) {
    return { name: 'secrets', state: 'ok', measured: hasSecrets ? 'present' : 'made at the first start' };
  }
  return {
    name: 'secrets',
    state: 'fail',
    measured: `there is data, but ${join(state, 'secrets.json')} is gone`,
    needed: 'the secrets the data was made with',
    fix: 'put the file back, or delete the data: npm run down -- --purge --yes',
  };
}

function text(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
