import { formatLogLine } from './log-format.js';
import { fieldOf, LOG_LEVELS, type LogLevel, type LogLine, type LogRecord } from './log-line.js';

export interface LogFilter {
  readonly service?: string | undefined;
  /** The least important level that is wanted. */
  readonly level?: LogLevel | undefined;
  /** Trace id or request id. */
  readonly trace?: string | undefined;
  /** Lines of this instant and later: ISO 8601 in UTC with milliseconds, like the lines themselves. */
  readonly since?: string | undefined;
  /** Has to be found in the line as it is shown. */
  readonly shown?: RegExp | undefined;
}

export function matches(line: LogLine, { service, level, trace, since, shown }: LogFilter): boolean {
  const { record, time } = line;
  if (since !== undefined && time < since) return false;
  if (service !== undefined && fieldOf(record, 'service.name') !== service) return false;
  if (level !== undefined && rank(fieldOf(record, 'log.level')) < LOG_LEVELS.indexOf(level)) return false;
  if (trace !== undefined && !hasId(record, trace)) return false;
  // Last, because it is dear.
  return shown === undefined || shown.test(formatLogLine(line));
}

function hasId(record: LogRecord, id: string): boolean {
  return ['trace.id', 'labels.request_id', 'http.request.id'].some((name) => fieldOf(record, name) === id);
}

// A level we do not know is shown rather than hidden.
function rank(level: unknown): number {
  const index = LOG_LEVELS.indexOf(level as LogLevel);
  return index < 0 ? LOG_LEVELS.length : index;
}
