// Finds the servers' programs: installed ones first, then the private prefix. Plain JavaScript without packages, because the
// bootstrap needs it in an empty clone; the TypeScript side loads this same file (src/servers/programs.ts).
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** Debian packages that hold each group of programs. */
export const PACKAGES = {
  mariadb: ['mariadb-server-core', 'mariadb-client-core'],
  rabbitmq: ['rabbitmq-server'],
  prometheus: ['prometheus'],
  alertmanager: ['prometheus-alertmanager'],
  'mysqld-exporter': ['prometheus-mysqld-exporter'],
};

/** Groups without which everything works; what they would show is missing. */
export const OPTIONAL = ['mysqld-exporter'];

const TRIPLETS = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

/** Where downloaded packages are unpacked: `MIRANTE_PREFIX`, else `.mirante/prefix` of the clone. */
export function prefixDir(repo, env = process.env) {
  return env.MIRANTE_PREFIX ? resolve(env.MIRANTE_PREFIX) : join(repo, '.mirante', 'prefix');
}

/**
 * @param {string} repo root folder of the clone
 * @returns what was found per group, and the names of the groups that were not
 */
export function locatePrograms(repo, env = process.env) {
  const root = join(prefixDir(repo, env), 'root');
  const pathDirs = (env.PATH ?? '').split(delimiter).filter(Boolean);
  const systemDirs = [...new Set([...pathDirs, '/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin'])];
  const places = [
    { base: '', dirs: systemDirs, env: {}, prefixed: false },
    { base: root, dirs: [join(root, 'usr/sbin'), join(root, 'usr/bin')], env: prefixEnv(root, env), prefixed: true },
  ];
  const found = {};
  for (const group of Object.keys(PACKAGES)) {
    for (const place of places) {
      found[group] ??= FINDERS[group](place);
    }
  }
  return { found, missing: Object.keys(PACKAGES).filter((group) => !found[group]) };
}

function prefixEnv(root, env) {
  const triplet = TRIPLETS[process.arch] ?? `${process.arch}-linux-gnu`;
  const libraries = [join(root, 'usr/lib', triplet), join(root, 'lib', triplet)];
  return {
    LD_LIBRARY_PATH: [...libraries, ...(env.LD_LIBRARY_PATH ? [env.LD_LIBRARY_PATH] : [])].join(delimiter),
    PATH: [join(root, 'usr/bin'), join(root, 'usr/sbin'), env.PATH ?? ''].join(delimiter),
  };
}

const FINDERS = {
  mariadb({ base, dirs, env, prefixed }) {
    const server = program(dirs, 'mariadbd');
    const installDb = program(dirs, 'mariadb-install-db');
    if (!server || !installDb) return undefined;
    // The programs have their folders compiled in; unpacked elsewhere they must be told.
    const serverArgs = prefixed
      ? [
          `--basedir=${base}/usr`,
          `--plugin-dir=${base}/usr/lib/mysql/plugin`,
          `--lc-messages-dir=${base}/usr/share/mysql`,
          `--character-sets-dir=${base}/usr/share/mysql/charsets`,
        ]
      : [];
    return { server, installDb, serverArgs, env, ...(prefixed && { basedir: `${base}/usr` }) };
  },

  rabbitmq({ base, env }) {
    // The wrapper in /usr/sbin insists on root or user rabbitmq and on /var/lib; the script of the release does not.
    const releases = join(base, '/usr/lib/rabbitmq/lib');
    const home = entries(releases, /^rabbitmq_server-/).at(-1);
    // An unpacked broker may sit on an installed Erlang: apt downloads only what the system lacks.
    const erlang = [join(base, '/usr/lib/erlang'), '/usr/lib/erlang'].find((dir) => entries(dir, /^erts-/).length > 0);
    const erts = erlang && entries(erlang, /^erts-/).at(-1);
    if (!home || !erts) return undefined;
    const server = program([join(home, 'sbin')], 'rabbitmq-server');
    const ctl = program([join(home, 'sbin')], 'rabbitmqctl');
    const epmd = program([join(erts, 'bin')], 'epmd');
    if (!server || !ctl || !epmd) return undefined;
    const own = { RABBITMQ_HOME: home, RABBITMQ_PLUGINS_DIR: join(home, 'plugins') };
    return { server, ctl, epmd, env: { ...env, ...own, ERL_ROOTDIR: erlang } };
  },

  prometheus({ base, dirs, env, prefixed }) {
    const server = program(dirs, 'prometheus');
    const promtool = program(dirs, 'promtool');
    if (!server || !promtool) return undefined;
    const etc = prefixed ? join(base, 'etc/prometheus') : '/etc/prometheus';
    const consoles = existsSync(join(etc, 'consoles'))
      ? [`--web.console.templates=${etc}/consoles`, `--web.console.libraries=${etc}/console_libraries`]
      : [];
    return { server, promtool, serverArgs: consoles, env };
  },

  alertmanager({ base, dirs, env, prefixed }) {
    const server = program(dirs, 'prometheus-alertmanager') ?? program(dirs, 'alertmanager');
    const amtool = program(dirs, 'amtool');
    if (!server || !amtool) return undefined;
    // The unpacked one looks for its templates below its working directory (see relocateAlertmanager).
    return { server, amtool, env, ...(prefixed && { cwd: base }) };
  },

  'mysqld-exporter'({ dirs, env }) {
    const server = program(dirs, 'prometheus-mysqld-exporter') ?? program(dirs, 'mysqld_exporter');
    return server ? { server, env } : undefined;
  },
};

function program(dirs, name) {
  return dirs.map((dir) => join(dir, name)).find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Matching entries of a folder as full paths, lowest version first. */
function entries(dir, pattern) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((name) => pattern.test(name))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((name) => join(dir, name));
}
