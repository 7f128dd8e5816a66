import { cp, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Files that make a folder look like this repository to the compiler and the checkers. */
const ROOT_FILES = [
  'package.json',
  'tsconfig.json',
  '.oxlintrc.json',
  '.dependency-cruiser.mjs',
  '.prettierrc',
  '.prettierignore',
  '.editorconfig',
];

/** A copy of some folders of the repository, with its root files and packages, that a test may change at will. */
export async function temporaryTree(folders: ReadonlyArray<{ from: string; to: string }>): Promise<{
  readonly dir: string;
  remove(): Promise<void>;
}> {
  const dir = await mkdtemp(join(tmpdir(), 'mirante-tree-'));
  for (const file of ROOT_FILES) await cp(join(ROOT, file), join(dir, file));
  await symlink(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  for (const { from, to } of folders) await cp(join(ROOT, from), join(dir, to), { recursive: true });
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

/** Planted specs are kept as `.spec.ts.txt`, or the test runner would pick them up; this gives them their name back. */
export async function nameSpecs(dir: string): Promise<void> {
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.spec.ts.txt')) continue;
    const path = join(entry.parentPath, entry.name);
    await rename(path, path.slice(0, -'.txt'.length));
  }
}
