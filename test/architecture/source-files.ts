import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from './planted-tree.js';

const SKIPPED = new Set(['node_modules', 'dist', 'coverage', '.git', '.mirante', 'planted']);

/** Every file of the project, as a path from `root`; what tools generate and what is planted stays out. */
export function projectFiles(folder = ROOT, root = ROOT): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !SKIPPED.has(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return projectFiles(path, root);
      return entry.isFile() ? [relative(root, path)] : [];
    });
}

/** The folders right under `libs` or `services`. */
export function packagesOf(parent: 'libs' | 'services'): string[] {
  return readdirSync(join(ROOT, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${parent}/${entry.name}`);
}
