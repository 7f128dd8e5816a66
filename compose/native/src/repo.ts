import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Root folder of the clone, or of the image; found from this file, which runs both as source and from `dist/`. */
export const repoRoot = find(import.meta.dirname);

function find(dir: string): string {
  if (existsSync(join(dir, 'package-lock.json'))) return dir;
  const parent = dirname(dir);
  if (parent === dir) throw new Error(`no clone of the repository above ${import.meta.dirname}`);
  return find(parent);
}
