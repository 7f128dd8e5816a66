export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export type LogRecord = Record<string, unknown>;

/** A line of a log file together with what it says; lines that are not JSON are left out by the reader. */
export interface LogLine {
  readonly raw: string;
  readonly record: LogRecord;
  /** `@timestamp`, ISO 8601 in UTC: sorts as text. */
  readonly time: string;
}

export function isLogLevel(text: string): text is LogLevel {
  return (LOG_LEVELS as readonly string[]).includes(text);
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

/** Lines of several files as one sequence by time; lines of the same instant keep the order they came in. */
export function mergeByTime(lines: readonly LogLine[]): LogLine[] {
  return lines
    .map((line, index) => ({ line, index }))
    .sort((a, b) => (a.line.time < b.line.time ? -1 : a.line.time > b.line.time ? 1 : a.index - b.index))
    .map(({ line }) => line);
}
