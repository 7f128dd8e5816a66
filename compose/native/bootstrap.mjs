// Entry of every npm script: makes the clone runnable, then hands over. Node built-ins only, because in a fresh clone there
// is nothing else; the other files are loaded after the check of the version, in case an old Node cannot parse them.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isSupported } from './node-version.mjs';

const repo = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { engines } = JSON.parse(readFileSync(join(repo, 'package.json'), 'utf8'));

if (!isSupported(process.versions.node, engines.node)) {
  console.error(
    `Node ${process.versions.node} is too old or not supported; needed: ${engines.node}.\n` +
      'Fix: install a current release from https://nodejs.org, or run "nvm install" in this folder.',
  );
  process.exit(1);
}

const { main } = await import('./commands.mjs');
process.exitCode = await main(repo, process.argv.slice(2));
