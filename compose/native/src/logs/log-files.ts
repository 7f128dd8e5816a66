import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { matches, type LogFilter } from './log-filter.js';
import { mergeByTime, parseLogLine, type LogLine } from './log-line.js';

/** Current and put-aside log files of the services, `<service>.<instance>.ndjson` with or without a time behind. */
export function logFiles(dir: string, service?: string): string[] {
  let names: string[];
  try {
    names = readdirSync(dir);
  } catch {
    return [];
  }
  return names
    .filter((name) => /\.ndjson(\.|$)/.test(name) && !name.endsWith('.lock'))
    .filter((name) => service === undefined || name.startsWith(`${service}.`))
    .sort()
    .map((name) => join(dir, name));
}

/** Matching lines of all files by time; of each file at most the last `limit`. */
export async function readLogs(files: readonly string[], filter: LogFilter, limit: number): Promise<LogLine[]> {
  const perFile = await Promise.all(files.map((file) => readFile(file, filter, limit)));
  return mergeByTime(perFile.flat()).slice(-limit);
}

async function readFile(file: string, filter: LogFilter, limit: number): Promise<LogLine[]> {
  const kept: LogLine[] = [];
  if (filter.since !== undefined && isOlder(file, filter.since)) return kept;
  for await (const raw of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    // Parsing is the dear part, and an id is rare.
    if (filter.trace !== undefined && !raw.includes(filter.trace)) continue;
    const line = parseLogLine(raw);
    if (!line || !matches(line, filter)) continue;
    kept.push(line);
    if (kept.length > 2 * limit) kept.splice(0, kept.length - limit);
  }
  return kept.slice(-limit);
}

/** Nothing was written to the file since then, so it holds nothing of it. */
function isOlder(file: string, since: string): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat !== undefined && stat.mtimeMs < Date.parse(since);
}
