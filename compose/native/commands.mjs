import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildIfNeeded } from './build.mjs';
import { doctor } from './doctor.mjs';
import { usesContainers } from './mode.mjs';
import { installPackages, packagesAreMissing } from './packages.mjs';
import { installPrefix } from './prefix.mjs';
import { locatePrograms, OPTIONAL } from './programs.mjs';
import { say } from './progress.mjs';
import { withSetupLock } from './setup-lock.mjs';

/** What a command needs before it can run. */
const NEEDS = {
  up: { servers: true, build: true },
  dev: { servers: true, build: true },
  migrate: { servers: true, build: true },
  bench: { servers: true, build: true },
  test: { servers: true, build: true },
  // Only gets everything ready, for scripts that run tools of the project directly.
  setup: { servers: true, build: true },
  parking: { servers: false, build: true },
  keys: { servers: false, build: true },
  observability: { servers: false, build: true },
  'new:service': { servers: false, build: true },
  // These look at or end what runs; a stale build is good enough for that.
  down: { servers: false, build: false },
  status: { servers: false, build: false },
  logs: { servers: false, build: false },
};

/** @returns exit code */
export async function main(repo, [command = 'help', ...args]) {
  if (command === 'doctor') return doctor(repo, args);
  const needs = command === 'test' && isUnitOnly(args) ? { servers: false, build: true } : NEEDS[command];
  if (!needs) {
    console.error(`unknown command ${command}; there are: ${[...Object.keys(NEEDS), 'doctor'].join(', ')}`);
    return 2;
  }
  try {
    // Servers in containers need not be unpacked here as well.
    const servers = needs.servers && !(await usesContainers(repo, command));
    await withSetupLock(join(repo, '.mirante/setup.lock'), () => prepare(repo, { ...needs, servers }));
  } catch (error) {
    console.error(
      `\n${error.message}\n\nStopped before "${command}". "npm run doctor" checks what this machine lacks.`,
    );
    return 1;
  }
  if (command === 'setup') return 0;
  if (command === 'test') return handOver(join(repo, 'node_modules/vitest/vitest.mjs'), testArgs(args), repo);
  return handOver(cli(repo), [command, ...args], repo);
}

async function prepare(repo, { servers, build }) {
  const missing = servers ? locatePrograms(repo).missing : [];
  const lacksPackages = packagesAreMissing(repo);
  // Both wait for the network most of the time. Both are awaited, so that a failure does not leave the other half-done.
  const results = await Promise.allSettled([
    lacksPackages && (build || !existsSync(cli(repo))) ? installPackages(repo) : undefined,
    missing.length > 0 ? installServers(repo, missing) : undefined,
  ]);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  if (build || !existsSync(cli(repo))) await buildIfNeeded(repo);
}

/** What only watches never keeps the rest from starting, say without a network. */
async function installServers(repo, missing) {
  if (missing.some((group) => !OPTIONAL.includes(group))) return installPrefix(repo, missing);
  try {
    await installPrefix(repo, missing);
  } catch (error) {
    say(`servers: going on without ${missing.join(', ')}: ${error.message}`);
  }
}

function cli(repo) {
  return join(repo, 'dist/compose/native/src/cli.js');
}

/** Unit tests touch no servers, so they need not wait for any to be unpacked. */
export function isUnitOnly(args) {
  const projects = args.flatMap((arg, i) =>
    arg === '--project' ? [args[i + 1]] : (arg.match(/^--project=(.*)/)?.slice(1) ?? []),
  );
  return projects.length > 0 && projects.every((project) => project === 'unit');
}

function testArgs(args) {
  return ['run', '--config', 'test/vitest.config.ts', ...args];
}

/** Runs a script of the project with our terminal, and ends as it ends. */
function handOver(script, args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--enable-source-maps', script, ...args], { cwd, stdio: 'inherit' });
    // At a terminal Ctrl-C reaches the child by itself; we only must not end before it.
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    const forward = (signal) => child.kill(signal);
    signals.forEach((signal) => process.on(signal, forward));
    child.once('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.once('exit', (code, signal) => {
      signals.forEach((name) => process.removeListener(name, forward));
      if (signal) process.kill(process.pid, signal);
      resolve(code ?? 1);
    });
  });
}
