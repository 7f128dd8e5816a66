// npm packages: installed when node_modules differs from package-lock.json.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withProgress } from './progress.mjs';
import { run } from './run.mjs';

/**
 * Compares the lock file with npm's own record of what it put into node_modules (written last, so a broken-off install
 * has none). Optional packages of other platforms are not expected.
 *
 * @returns the first package that differs, or nothing when all are there
 */
export function firstDifference(lock, installed) {
  for (const [path, entry] of Object.entries(lock.packages ?? {})) {
    if (path === '' || entry.optional || entry.devOptional || entry.link) continue;
    if (installed.packages?.[path]?.version !== entry.version) return path;
  }
  return undefined;
}

export function packagesAreMissing(repo) {
  const record = join(repo, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return true;
  return firstDifference(json(join(repo, 'package-lock.json')), json(record)) !== undefined;
}

export async function installPackages(repo) {
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  await withProgress('packages: npm ci', () => run('npm', args, { cwd: repo }));
}

function json(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
