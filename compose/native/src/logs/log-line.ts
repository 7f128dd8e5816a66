const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof LEVELS)[number];

export type LogRecord = Record<string, unknown>;

/** A line of a log file together with what it says; lines that are not JSON are left out by the reader. */
export interface LogLine {
  readonly raw: string;
  readonly record: LogRecord;
  /** `@timestamp`, ISO 8601 in UTC: sorts as text. */
  readonly time: string;
}

export interface LogFilter {
  readonly service?: string | undefined;
  readonly level?: LogLevel | undefined;
  /** Trace id or request id. */
  readonly trace?: string | undefined;
}

export function isLogLevel(text: string): text is LogLevel {
  return (LEVELS as readonly string[]).includes(text);
}

/** Parses one line, or nothing when it is no log record, such as the torn last line of a killed process. */
export function parseLogLine(raw: string): LogLine | undefined {
  try {
    const record = JSON.parse(raw) as LogRecord;
    const time = fieldOf(record, '@timestamp');
    return typeof time === 'string' ? { raw, record, time } : undefined;
  } catch {
    return undefined;
  }
}

/** A field by its dotted name, whether the record spells it dotted or nested (ECS allows both). */
export function fieldOf(record: LogRecord, name: string): unknown {
  if (name in record) return record[name];
  const dot = name.indexOf('.');
  if (dot < 0) return undefined;
  const inner = record[name.slice(0, dot)];
  return typeof inner === 'object' && inner !== null ? fieldOf(inner as LogRecord, name.slice(dot + 1)) : undefined;
}

export function matches({ record }: LogLine, { service, level, trace }: LogFilter): boolean {
  if (service !== undefined && fieldOf(record, 'service.name') !== service) return false;
  if (level !== undefined && rank(fieldOf(record, 'log.level')) < LEVELS.indexOf(level)) return false;
  if (trace === undefined) return true;
  const ids = ['trace.id', 'labels.request_id', 'http.request.id'].map((name) => fieldOf(record, name));
  return ids.includes(trace);
}

/** Lines of several files as one sequence by time; lines of the same instant keep the order they came in. */
export function mergeByTime(lines: readonly LogLine[]): LogLine[] {
  return lines
    .map((line, index) => ({ line, index }))
    .sort((a, b) => (a.line.time < b.line.time ? -1 : a.line.time > b.line.time ? 1 : a.index - b.index))
    .map(({ line }) => line);
}

// A level we do not know is shown rather than hidden.
function rank(level: unknown): number {
  const index = LEVELS.indexOf(level as LogLevel);
  return index < 0 ? LEVELS.length : index;
}
