import { existsSync } from 'node:fs';
import { logsCompose } from '../compose-mode/logs.js';
import { startedProject } from '../compose-mode/project.js';
import { SERVICES } from '../services.js';
import { FileFollower } from '../logs/follow.js';
import { logFiles, readLogs } from '../logs/log-files.js';
import { formatLogLine } from '../logs/log-format.js';
import { matches, type LogFilter } from '../logs/log-filter.js';
import { mergeByTime, parseLogLine, type LogLine } from '../logs/log-line.js';
import { refusalFor, type LogsOptions } from '../logs/logs-options.js';
import { tailOf } from '../servers/log-tail.js';
import { paths } from '../stack/paths.js';
import { X_SIMULATOR } from '../stack/ports.js';

const POLL_MS = 250;
const DEFAULT_LINES = 200;
const SERVERS = ['mariadb', 'rabbitmq', 'prometheus', 'alertmanager', 'mysqld-exporter'];

/** `logs`: lines of all services as one sequence. Returns the exit code. */
export async function logs(options: LogsOptions): Promise<number> {
  const containers = await startedProject();
  if (containers) return logsCompose(containers, options);
  const { service, trace, since, follow } = options;
  if (service !== undefined && SERVERS.includes(service)) return serverLog(service, options);
  const known = [...SERVICES.map(({ name }) => name), 'supervisor', X_SIMULATOR];
  if (service !== undefined && !known.includes(service)) {
    console.error(`no log of "${service}"; there are: ${[...known, ...SERVERS].join(', ')}`);
    return 2;
  }
  // Followers are made first: a line that is written between reading and following must not be lost.
  const live = follow ? new LiveLogs(options) : undefined;
  const limit = options.lines ?? (trace === undefined && since === undefined ? DEFAULT_LINES : Number.MAX_SAFE_INTEGER);
  const lines = await readLogs(logFiles(paths.logs, service), options, limit);
  lines.forEach((line) => print(line, options));
  if (live) return live.run((line) => print(line, options));
  if (lines.length > 0) return 0;
  console.error(trace === undefined ? 'no such log lines' : `no log line has the trace or request id ${trace}`);
  return 1;
}

/** What comes after the start of the command, from old and new files. */
class LiveLogs {
  private readonly followers = new Map<string, FileFollower>();

  constructor(private readonly filter: LogFilter) {
    this.open(true);
  }

  async run(show: (line: LogLine) => void): Promise<never> {
    for (;;) {
      this.open(false);
      const lines = [...this.followers.values()].flatMap((follower) => follower.read());
      const parsed = lines.map(parseLogLine).filter((line) => line !== undefined);
      mergeByTime(parsed.filter((line) => matches(line, this.filter))).forEach(show);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  private open(fromEnd: boolean): void {
    const current = logFiles(paths.logs, this.filter.service).filter((file) => file.endsWith('.ndjson'));
    for (const file of current) {
      if (!this.followers.has(file)) this.followers.set(file, new FileFollower(file, fromEnd));
    }
  }
}

async function serverLog(server: string, options: LogsOptions): Promise<number> {
  const refusal = refusalFor(server, options);
  if (refusal !== undefined) {
    console.error(refusal);
    return 2;
  }
  const { lines = DEFAULT_LINES, follow } = options;
  const file = paths.serverLog(server);
  if (!existsSync(file)) {
    console.error(`${server} has no log yet`);
    return 1;
  }
  const follower = new FileFollower(file, true);
  console.log(tailOf(file, lines));
  while (follow) {
    follower.read().forEach((line) => console.log(line));
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return 0;
}

function print(line: LogLine, { json }: LogsOptions): void {
  console.log(json ? line.raw : formatLogLine(line));
}
