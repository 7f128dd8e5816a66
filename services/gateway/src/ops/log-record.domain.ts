import type { Logged } from './ops.schema.js';

type LogRecord = Readonly<Record<string, unknown>>;

/** A line of a log file with what a trace is drawn from. */
export interface TraceLine extends Logged {
  /** How long the work took that the line tells the end of; null when it tells of none. */
  readonly duration_ms: number | null;
}

/** Parses one line, or nothing when it is no record, such as the torn last line of a killed process. */
export function parseLogLine(raw: string): TraceLine | undefined {
  let record: LogRecord;
  try {
    record = JSON.parse(raw) as LogRecord;
  } catch {
    return undefined;
  }
  const at = textOf(record, '@timestamp');
  if (at === null || Number.isNaN(Date.parse(at))) return undefined;
  const duration = fieldOf(record, 'event.duration');
  return {
    at: new Date(at).toISOString(),
    level: textOf(record, 'log.level') ?? 'info',
    service: textOf(record, 'service.name') ?? 'unknown',
    logger: textOf(record, 'log.logger'),
    message: textOf(record, 'message') ?? '',
    error: errorOf(record),
    trace_id: textOf(record, 'trace.id'),
    // ECS has nanoseconds.
    duration_ms: typeof duration === 'number' ? duration / 1e6 : null,
  };
}

function errorOf(record: LogRecord): string | null {
  const parts = ['error.type', 'error.code', 'error.message'].map((name) => textOf(record, name));
  const text = parts.filter((part) => part !== null).join(': ');
  return text === '' ? null : text;
}

function textOf(record: LogRecord, name: string): string | null {
  const value = fieldOf(record, name);
  return typeof value === 'string' ? value : null;
}

/** A field by its dotted name, whether the record spells it dotted or nested (ECS allows both). */
function fieldOf(record: LogRecord, name: string): unknown {
  if (Object.hasOwn(record, name)) return record[name];
  const dot = name.indexOf('.');
  if (dot < 0) return undefined;
  const inner = record[name.slice(0, dot)];
  return typeof inner === 'object' && inner !== null ? fieldOf(inner as LogRecord, name.slice(dot + 1)) : undefined;
}
