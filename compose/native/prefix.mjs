// Unpacks Debian packages into a private folder, without root and without touching the system: apt resolves, downloads and
// checks the signatures with state folders of our own; dpkg-deb unpacks.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PACKAGES, prefixDir } from './programs.mjs';
import { say, withProgress } from './progress.mjs';
import { run } from './run.mjs';

const LISTS_FRESH_MS = 12 * 3_600_000;

/** Names of the packages that `apt-get --simulate install` would install. */
export function parseSimulation(output) {
  return output
    .split('\n')
    .map((line) => /^Inst (\S+) /.exec(line)?.[1])
    .filter((name) => name !== undefined);
}

/** Rewrites the folder that Debian compiled into the start script of Erlang. */
export function relocateErl(script, erlang) {
  return script.replace(/^(\s*ROOTDIR=).*$/gm, (_, assignment) => `${assignment}"${erlang}"`);
}

/**
 * Debian's Alertmanager has the folder of its templates compiled in. The same path without its leading slash, of the same
 * length because the program knows the length, is found below the working directory.
 *
 * @param {Buffer} program
 * @returns {boolean} whether anything was replaced
 */
export function relocateAlertmanager(program) {
  const absolute = '/usr/share/prometheus/alertmanager';
  const relative = 'usr/share//prometheus/alertmanager';
  let replaced = false;
  for (let at = program.indexOf(absolute); at >= 0; at = program.indexOf(absolute, at + 1)) {
    program.write(relative, at, 'latin1');
    replaced = true;
  }
  return replaced;
}

/**
 * Makes the programs of the given groups available in the prefix; what is already there is not done again.
 *
 * @param {string} repo root folder of the clone
 * @param {readonly (keyof typeof PACKAGES)[]} groups
 */
export async function installPrefix(repo, groups, env = process.env) {
  const prefix = prefixDir(repo, env);
  const packages = groups.flatMap((group) => PACKAGES[group]);
  refuseOtherSystems(packages);
  for (const dir of ['apt/lists/partial', 'apt/cache/archives/partial', 'debs', 'unpacked', 'root']) {
    mkdirSync(join(prefix, dir), { recursive: true });
  }
  say(`servers: ${packages.join(', ')} not installed; unpacking them into ${prefix} (nothing system-wide changes)`);
  const apt = aptRunner(prefix, env);
  await refreshLists(prefix, apt);
  const names = parseSimulation(await apt(['-s', '-y', '--no-install-recommends', 'install', ...packages]));
  await download(prefix, names, apt);
  await unpackAll(prefix);
  relocate(prefix);
}

function refuseOtherSystems(packages) {
  const tools = ['/usr/bin/apt-get', '/usr/bin/dpkg-deb'];
  const missing = tools.filter((tool) => !existsSync(tool));
  if (process.platform === 'linux' && missing.length === 0) return;
  throw new Error(
    `cannot unpack ${packages.join(', ')}: that needs Debian or Ubuntu (${missing.join(', ') || process.platform}).\n` +
      'Fix: install MariaDB >= 10.6, RabbitMQ >= 3.10, Prometheus and Alertmanager with your package manager, or use Docker.',
  );
}

function aptRunner(prefix, env) {
  const options = [
    `Dir::State::lists=${prefix}/apt/lists`,
    `Dir::Cache=${prefix}/apt/cache`,
    // Locks belong to the system's own apt; signatures are checked as ever.
    'Debug::NoLocking=1',
    'APT::Sandbox::User=',
    'Acquire::Languages=none',
    'Acquire::Retries=3',
  ].flatMap((option) => ['-o', option]);
  return (args, cwd = prefix) => run('apt-get', [...options, ...args], { cwd, env: { ...env, LC_ALL: 'C' } });
}

async function refreshLists(prefix, apt) {
  const stamp = join(prefix, 'apt', 'updated');
  if (existsSync(stamp) && Date.now() - statSync(stamp).mtimeMs < LISTS_FRESH_MS) return;
  await withProgress('servers: reading package lists', () => apt(['update', '-qq']));
  writeFileSync(stamp, '');
}

async function download(prefix, names, apt) {
  const debs = join(prefix, 'debs');
  const size = () => `${files(debs, '.deb').length} of ${names.length} packages, ${Math.round(mebibytes(debs))} MiB`;
  await withProgress('servers: downloading', () => apt(['download', '-qq', ...names], debs), size);
}

async function unpackAll(prefix) {
  const debs = files(join(prefix, 'debs'), '.deb');
  const isDone = (deb) => existsSync(join(prefix, 'unpacked', basename(deb)));
  const queue = debs.filter((deb) => !isDone(deb));
  const left = () => `${debs.filter(isDone).length} of ${debs.length} packages`;
  const worker = async () => {
    for (let deb = queue.shift(); deb; deb = queue.shift()) {
      await run('dpkg-deb', ['-x', deb, join(prefix, 'root')]);
      writeFileSync(join(prefix, 'unpacked', basename(deb)), '');
    }
  };
  await withProgress('servers: unpacking', () => Promise.all([worker(), worker()]), left);
}

function relocate(prefix) {
  const erlang = join(prefix, 'root/usr/lib/erlang');
  const erl = join(erlang, 'bin/erl');
  if (existsSync(erl)) writeFileSync(erl, relocateErl(readFileSync(erl, 'utf8'), erlang));
  const alertmanager = join(prefix, 'root/usr/bin/prometheus-alertmanager');
  if (!existsSync(alertmanager)) return;
  const program = readFileSync(alertmanager);
  if (!relocateAlertmanager(program)) return;
  // Beside and renamed: a program that runs cannot be written to.
  writeFileSync(`${alertmanager}.new`, program, { mode: 0o755 });
  renameSync(`${alertmanager}.new`, alertmanager);
}

function files(dir, suffix) {
  return readdirSync(dir)
    .filter((name) => name.endsWith(suffix))
    .map((name) => join(dir, name));
}

function mebibytes(dir) {
  const sizes = files(dir, '').map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, size) => sum + size, 0) / 2 ** 20;
}
