// Builds when the sources differ from what was built last.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withProgress } from './progress.mjs';
import { run } from './run.mjs';

const FOLDERS = [
  'services',
  'libs',
  'observability/src',
  'compose/native/src',
  'test/bench',
  'test/harness',
  'test/simulators',
];
const FILES = ['tsconfig.json', 'services/tsconfig.json', 'package-lock.json'];

/** Size and time of every source file by its path; equal listings mean there is nothing to build. */
export function listSources(repo) {
  const listing = {};
  const add = (path) => {
    const stat = statSync(join(repo, path), { throwIfNoEntry: false });
    if (stat) listing[path] = `${stat.size}:${Math.round(stat.mtimeMs)}`;
  };
  FILES.forEach(add);
  for (const folder of FOLDERS) {
    if (!existsSync(join(repo, folder))) continue;
    for (const entry of readdirSync(join(repo, folder), { recursive: true, withFileTypes: true })) {
      const dir = (entry.parentPath ?? entry.path).slice(repo.length + 1);
      if (entry.isFile() && /\.(ts|as)$/.test(entry.name) && !dir.includes('node_modules')) add(join(dir, entry.name));
    }
  }
  return listing;
}

/** Output files whose source is gone; tsc leaves them behind, and a deleted migration must not run. */
export function staleOutputs(before, now) {
  return Object.keys(before)
    .filter((path) => !(path in now) && path.endsWith('.ts'))
    .flatMap((path) => {
      const output = join('dist', path.replace(/\.ts$/, '.js'));
      return [output, `${output}.map`];
    });
}

export async function buildIfNeeded(repo) {
  const stampFile = join(repo, '.mirante/build.json');
  const now = listSources(repo);
  const before = existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, 'utf8')) : {};
  const isCurrent = existsSync(join(repo, 'dist/compose/native/src/cli.js')) && same(before, now);
  if (isCurrent) return;
  staleOutputs(before, now).forEach((file) => rmSync(join(repo, file), { force: true }));
  // Without its output folder the incremental record would claim that everything is built.
  rmSync(stampFile, { force: true });
  if (!existsSync(join(repo, 'dist/compose'))) rmSync(join(repo, 'dist/.tsbuildinfo'), { force: true });
  await withProgress('build: tsc', () => run('npm', ['run', '--silent', 'build'], { cwd: repo }));
  mkdirSync(dirname(stampFile), { recursive: true, mode: 0o700 });
  recordCommit(repo);
  writeFileSync(stampFile, JSON.stringify(now));
}

/** The services tell the commit they were built from; without git they say that they do not know it. */
function recordCommit(repo) {
  try {
    const options = { cwd: repo, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    const commit = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], options).trim();
    writeFileSync(join(repo, 'dist/build.json'), JSON.stringify({ commit, built_at: new Date().toISOString() }));
  } catch {
    rmSync(join(repo, 'dist/build.json'), { force: true });
  }
}

function same(a, b) {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
