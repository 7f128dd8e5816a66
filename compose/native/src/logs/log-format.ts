import { fieldOf, type LogLine, type LogRecord } from './log-line.js';

// Told by the fixed part of the line, or the same in every line.
const FIXED = /^(@timestamp|log|message|trace|span|parent|service|ecs|process|host|error)(\.|$)/;
const NOISE = ['event.id', 'event.dataset', 'event.kind', 'event.category', 'labels.request_id', 'http.request.id'];
const NANOSECONDS_PER_MS = 1_000_000;

/** One record as a line for people: time, level, service, logger, message, fields, trace; a stack trace follows indented. */
export function formatLogLine({ record, time }: LogLine): string {
  const level = String(fieldOf(record, 'log.level') ?? '?').toUpperCase();
  const service = String(fieldOf(record, 'service.name') ?? '?');
  const logger = fieldOf(record, 'log.logger');
  const trace = fieldOf(record, 'trace.id');
  const head = [
    time.slice(11).replace('Z', ''),
    level.padEnd(5),
    service.padEnd(14),
    ...(typeof logger === 'string' ? [`[${logger}]`] : []),
    oneLine(String(fieldOf(record, 'message') ?? '')),
    ...fields(record),
    ...(typeof trace === 'string' ? [`trace=${trace}`] : []),
  ];
  return [head.join(' '), ...errorLines(record)].join('\n');
}

function fields(record: LogRecord): string[] {
  return flatten(record)
    .filter(([name]) => !FIXED.test(name) && !NOISE.includes(name))
    .map(([name, value]) =>
      // ECS has it in nanoseconds.
      name === 'event.duration' && typeof value === 'number'
        ? `duration=${(value / NANOSECONDS_PER_MS).toFixed(1)}ms`
        : `${name.replace(/^labels\./, '')}=${text(value)}`,
    );
}

function flatten(value: LogRecord, prefix = ''): Array<[string, unknown]> {
  return Object.entries(value).flatMap(([key, inner]): Array<[string, unknown]> => {
    const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    return isObject ? flatten(inner as LogRecord, `${prefix}${key}.`) : [[prefix + key, inner]];
  });
}

function errorLines(record: LogRecord): string[] {
  const stack = fieldOf(record, 'error.stack_trace');
  const message = fieldOf(record, 'error.message');
  const shown = typeof stack === 'string' ? stack : typeof message === 'string' ? message : '';
  return shown === '' ? [] : shown.split('\n').map((line) => `    ${printable(line)}`);
}

function text(value: unknown): string {
  const plain = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[^\s"=]+$/.test(plain) ? printable(plain) : JSON.stringify(plain);
}

function oneLine(value: string): string {
  return printable(value.replaceAll('\n', ' | '));
}

/** Logs carry text of strangers; control characters could move the cursor or recolour the terminal. */
function printable(value: string): string {
  // oxlint-disable-next-line no-control-regex
  return value.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, '?');
}
