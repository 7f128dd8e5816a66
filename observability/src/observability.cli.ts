import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repoRoot } from '../../compose/native/src/repo.js';
import { artefacts } from './artefacts.js';
import { readCatalogue } from './signals/catalogue.js';

const USAGE = `npm run observability -- <command>
  generate   write every file that follows from observability/signals/
  check      tell which of them differ from what would be written; exit 1 if any does`;

const files = () =>
  artefacts(readCatalogue(repoRoot)).map(({ path, text }) => ({ path, text, file: join(repoRoot, path) }));

function generate(): number {
  for (const { path, text, file } of files()) {
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(`wrote ${path}`);
  }
  return 0;
}

function check(): number {
  const stale = files().filter(({ text, file }) => !existsSync(file) || readFileSync(file, 'utf8') !== text);
  for (const { path } of stale) console.error(`${path} is not what the catalogue says`);
  return stale.length === 0 ? 0 : 1;
}

const [command = ''] = process.argv.slice(2);
if (command === 'generate') process.exitCode = generate();
else if (command === 'check') process.exitCode = check();
else {
  console.error(USAGE);
  process.exitCode = 2;
}
