import { createInterface } from 'node:readline';
import { spawn } from 'node:child_process';
import { matches } from '../logs/log-filter.js';
import { formatLogLine } from '../logs/log-format.js';
import { parseLogLine, type LogLine } from '../logs/log-line.js';
import { refusalFor, type LogsOptions } from '../logs/logs-options.js';
import { SERVICES } from '../services.js';
import { X_SIMULATOR } from '../stack/ports.js';
import { containersOf } from './containers.js';
import { LogWindow } from './log-window.js';
import type { ComposeProject } from './project.js';

const DEFAULT_LINES = 200;
/** Lines of each file. */
const READ_AGAIN = 1_000;

/** Lines of the services from the volume of their log files; of everything else, what Docker has kept of its output. */
export async function logsCompose(project: ComposeProject, options: LogsOptions): Promise<number> {
  const { service } = options;
  const written = [...SERVICES.map(({ name }) => name), X_SIMULATOR];
  if (service !== undefined && !written.includes(service)) return outputOf(project, service, options);
  const reader = await containerThatReads(project);
  if (!reader) {
    console.error('no service runs that could read the log files; start them with: npm run up');
    return 1;
  }
  const files = `/var/log/mirante/${service === undefined ? '' : `${service}.`}*.ndjson`;
  const isNarrow = options.trace !== undefined || options.since !== undefined;
  const limit = options.lines ?? (isNarrow ? Number.MAX_SAFE_INTEGER : DEFAULT_LINES);
  const window = new LogWindow(limit);
  await readLines(project, reader, `cat ${files}* 2>/dev/null || true`, options, (line) => window.add(line));
  const lines = window.shown();
  lines.forEach((line) => print(line, options));
  if (options.follow) {
    // The ends of the files are read again, so that nothing is lost that was written while they were read.
    const isNew = window.news();
    const show = (line: LogLine) => void (isNew(line) && print(line, options));
    await readLines(project, reader, `exec tail -q -n ${READ_AGAIN} -F ${files} 2>/dev/null`, options, show);
    return 0;
  }
  if (lines.length > 0) return 0;
  console.error(
    options.trace === undefined ? 'no log lines' : `no log line has the trace or request id ${options.trace}`,
  );
  return 1;
}

/** All services mount the volume; the first one that runs will do. */
async function containerThatReads(project: ComposeProject): Promise<string | undefined> {
  const running = (await containersOf(project)).filter(({ state }) => state === 'running');
  return SERVICES.map(({ name }) => running.find(({ service }) => service === name)?.name).find(
    (name) => name !== undefined,
  );
}

function readLines(
  { env }: ComposeProject,
  container: string,
  script: string,
  options: LogsOptions,
  show: (line: LogLine) => void,
): Promise<void> {
  const child = spawn('docker', ['exec', container, 'sh', '-c', script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal));
  createInterface({ input: child.stdout, crlfDelay: Infinity }).on('line', (raw) => {
    if (options.trace !== undefined && !raw.includes(options.trace)) return;
    const line = parseLogLine(raw);
    if (line && matches(line, options)) show(line);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
}

async function outputOf(project: ComposeProject, service: string, options: LogsOptions): Promise<number> {
  const { stdout } = await project.compose(['config', '--services']);
  const known = stdout.split('\n').filter(Boolean).sort();
  if (!known.includes(service)) {
    console.error(`no log of "${service}"; there are: ${known.join(', ')}`);
    return 2;
  }
  const refusal = refusalFor(service, options);
  if (refusal !== undefined) {
    console.error(refusal);
    return 2;
  }
  const args = [
    'logs',
    '--no-log-prefix',
    '--tail',
    String(options.lines ?? DEFAULT_LINES),
    ...(options.follow ? ['-f'] : []),
  ];
  return (await project.compose([...args, service], { live: true })).code;
}

function print(line: LogLine, { json }: LogsOptions): void {
  console.log(json ? line.raw : formatLogLine(line));
}
