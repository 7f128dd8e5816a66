import type { Terminal } from './terminal.js';

const USAGE = `npm run observability -- <command>
  generate         write every file that follows from observability/signals/
  check            tell which of them differ from what would be written; exit 1 if any does
  setup            put templates, lifecycle, pipeline and Kibana's objects where they belong
  setup --check    change nothing, tell what differs there; exit 1 if anything does`;

// Loaded by need: a production image has what the set-up needs, not what the generators need.
const generated = async () => import('./generated.command.js');

const terminal: Terminal = { say: (line) => console.log(line), complain: (line) => console.error(line) };

const COMMANDS: Readonly<Record<string, (options: readonly string[]) => Promise<number>>> = {
  generate: async () => (await generated()).generate(terminal),
  check: async () => (await generated()).check(terminal),
  setup: async (options) => (await import('./setup/setup.command.js')).setup(options, terminal),
};

const [name = '', ...options] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (command) process.exitCode = await command(options);
else {
  console.error(USAGE);
  process.exitCode = 2;
}
