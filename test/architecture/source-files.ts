import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from './planted-tree.js';

const SKIPPED = new Set(['node_modules', 'dist', 'coverage', '.git', '.mirante', 'planted']);

/** Every file of the project, as a path from its root; what tools generate and what is planted stays out. */
export function projectFiles(folder = ROOT): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !SKIPPED.has(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return projectFiles(path);
      return entry.isFile() ? [relative(ROOT, path)] : [];
    });
}

/** The folders right under `libs` or `services`. */
export function packagesOf(parent: 'libs' | 'services'): string[] {
  return readdirSync(join(ROOT, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${parent}/${entry.name}`);
}
