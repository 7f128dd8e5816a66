import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repoRoot } from '../../compose/native/src/repo.js';
import { artefacts } from './artefacts.js';
import { readCatalogue } from './signals/catalogue.js';
import type { Terminal } from './terminal.js';

const files = () =>
  artefacts(readCatalogue(repoRoot)).map(({ path, text }) => ({ path, text, file: join(repoRoot, path) }));

/** @returns exit code */
export function generate({ say }: Terminal): number {
  for (const { path, text, file } of files()) {
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    say(`wrote ${path}`);
  }
  return 0;
}

/** @returns exit code: 1 when a file differs from what would be written */
export function check({ complain }: Terminal): number {
  const stale = files().filter(({ text, file }) => !existsSync(file) || readFileSync(file, 'utf8') !== text);
  for (const { path } of stale) complain(`${path} is not what the catalogue says`);
  return stale.length === 0 ? 0 : 1;
}
