import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { repoRoot } from '../../../compose/native/src/repo.js';

const { dependencies } = JSON.parse(readFileSync(join(repoRoot, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
};

/** Packages that a file loads at run time, itself or through other files of the repository. */
function packagesOf(file: string, seen: Set<string> = new Set()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const source = readFileSync(file, 'utf8');
  const imports = [...source.matchAll(/^(?:import|export) (?!type )[^;]*? from '([^']+)'/gm)].map(([, name]) => name!);
  return imports.flatMap((name) => {
    if (name.startsWith('.')) return packagesOf(join(dirname(file), name.replace(/\.js$/, '.ts')), seen);
    if (name.startsWith('#libs/')) return packagesOf(join(repoRoot, 'libs', name.slice(6), 'src/index.ts'), seen);
    return name.startsWith('node:') ? [] : [name];
  });
}

it('should need nothing that a production image does not have', () => {
  const packages = new Set(packagesOf(join(import.meta.dirname, 'setup.command.ts')));
  expect([...packages]).toContain('@elastic/elasticsearch');
  expect([...packages].filter((name) => !(name in dependencies))).toEqual([]);
});
