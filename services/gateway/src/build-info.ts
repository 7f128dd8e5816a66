import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the checkout or image: the nearest above this file that holds a package.json with our version. */
export const ROOT_DIR = rootOf(dirname(fileURLToPath(import.meta.url)));

export interface BuildInfo {
  name: string;
  version: string;
  commit: string | null;
  node: string;
}

/** What is running. `commit` is what the environment says, else what the checkout says, else null. */
export function buildInfo(commit: string | undefined): BuildInfo {
  const { name, version } = JSON.parse(readFileSync(join(ROOT_DIR, 'package.json'), 'utf8')) as BuildInfo;
  return { name, version, commit: commit ?? checkedOutCommit(), node: process.version };
}

function rootOf(dir: string): string {
  if (existsSync(join(dir, 'package.json'))) return dir;
  const parent = dirname(dir);
  if (parent === dir) throw new Error('no package.json above the gateway');
  return rootOf(parent);
}

function checkedOutCommit(): string | null {
  try {
    const git = join(ROOT_DIR, '.git');
    const head = readFileSync(join(git, 'HEAD'), 'utf8').trim();
    if (!head.startsWith('ref: ')) return head;
    const name = head.slice(5);
    const loose = join(git, name);
    if (existsSync(loose)) return readFileSync(loose, 'utf8').trim();
    const packed = readFileSync(join(git, 'packed-refs'), 'utf8').split('\n');
    return packed.find((line) => line.endsWith(` ${name}`))?.slice(0, 40) ?? null;
  } catch {
    return null;
  }
}
