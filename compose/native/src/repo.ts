import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Root folder of the clone, found from this file, which runs both as source and from `dist/`. */
export const repoRoot = find(import.meta.dirname);

function find(dir: string): string {
  if (existsSync(join(dir, 'package-lock.json')) && existsSync(join(dir, 'compose'))) return dir;
  const parent = dirname(dir);
  if (parent === dir) throw new Error(`no clone of the repository above ${import.meta.dirname}`);
  return find(parent);
}
