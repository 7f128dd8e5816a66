import type { Terminal } from './terminal.js';

const USAGE = `npm run observability -- <command>
  generate         write every file that follows from observability/signals/
  check            tell which of them differ from what would be written; exit 1 if any does
  panels <url>     ask a running Prometheus what Grafana's panels ask; tell which would be empty
  setup            put templates, lifecycle, pipeline and Kibana's objects where they belong
  setup --check    change nothing, tell what differs there; exit 1 if anything does
  alertmanager <file>   write alertmanager.yml with the receivers that MIRANTE_ALERT_ variables name
  mute <n>m <why>  tell nobody of alerts for so many minutes, say while deploying`;

// Loaded by need: a production image has what the set-up needs, not what the generators need.
const generated = async () => import('./generated.command.js');

const terminal: Terminal = { say: (line) => console.log(line), complain: (line) => console.error(line) };

const alerting = async () => import('./alertmanager/alertmanager.command.js');

const COMMANDS: Readonly<Record<string, (options: readonly string[]) => Promise<number>>> = {
  generate: async () => (await generated()).generate(terminal),
  check: async () => (await generated()).check(terminal),
  panels: async (options) => (await import('./grafana/execute/panels.command.js')).panels(options, terminal),
  alertmanager: async (options) => (await alerting()).writeAlertmanagerConfig(options, terminal),
  mute: async (options) => (await alerting()).mute(options, terminal),
  setup: async (options) => (await import('./setup/setup.command.js')).setup(options, terminal),
};

const [name = '', ...options] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (command) process.exitCode = await command(options);
else {
  console.error(USAGE);
  process.exitCode = 2;
}
