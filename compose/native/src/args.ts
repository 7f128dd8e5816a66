import { parseArgs } from 'node:util';
import { isLogLevel } from './logs/log-line.js';
import { instantOf } from './logs/since.js';
import type { LogsOptions } from './logs/logs-options.js';

/** A command line that cannot be understood; the message says what is allowed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export type Command =
  | { readonly name: 'up'; readonly workers: number }
  | { readonly name: 'migrate' }
  | { readonly name: 'down'; readonly purge: boolean; readonly yes: boolean }
  | { readonly name: 'status'; readonly json: boolean }
  | { readonly name: 'logs'; readonly options: LogsOptions }
  | { readonly name: 'dev'; readonly service: string | undefined }
  // Their arguments are for somebody else.
  | { readonly name: 'new:service' | 'bench' | 'parking' | 'keys' | 'observability'; readonly args: readonly string[] };

const USAGE = {
  up: 'npm run up [-- --workers n]',
  down: 'npm run down [-- --purge --yes]',
  status: 'npm run status [-- --json]',
  logs: 'npm run logs [-- [service] [-f] [-n lines] [--level debug|info|warn|error] [--trace id] [--since 15m|time] [--text words] [--grep pattern] [--json]]',
  dev: 'npm run dev -- <service>',
  migrate: 'npm run migrate',
};

export function parseCommand([name = '', ...args]: readonly string[]): Command {
  switch (name) {
    case 'up':
      return { name, workers: workersOf(args) };
    case 'migrate':
      read(name, args, {}, 0);
      return { name };
    case 'down': {
      const { values } = read(name, args, { purge: { type: 'boolean' }, yes: { type: 'boolean' } }, 0);
      return { name, purge: values['purge'] === true, yes: values['yes'] === true };
    }
    case 'status':
      return { name, json: read(name, args, { json: { type: 'boolean' } }, 0).values['json'] === true };
    case 'logs':
      return { name, options: logsOptions(args) };
    case 'dev':
      return { name, service: read(name, args, {}, 1).positionals[0] };
    case 'new:service':
    case 'bench':
    case 'parking':
    case 'keys':
    case 'observability':
      return { name, args };
    default:
      throw new UsageError(`unknown command "${name}"`);
  }
}

function workersOf(args: readonly string[]): number {
  const text = read('up', args, { workers: { type: 'string' } }, 0).values['workers'] ?? '1';
  const workers = Number(text);
  if (/^\d{1,2}$/.test(String(text)) && workers >= 1 && workers <= 32) return workers;
  throw new UsageError(`--workers: expected a number from 1 to 32, got "${String(text)}"`);
}

function logsOptions(args: readonly string[]): LogsOptions {
  const { values, positionals } = read(
    'logs',
    args,
    {
      follow: { type: 'boolean', short: 'f' },
      json: { type: 'boolean' },
      level: { type: 'string' },
      lines: { type: 'string', short: 'n' },
      trace: { type: 'string' },
      since: { type: 'string' },
      text: { type: 'string' },
      grep: { type: 'string' },
    },
    1,
  );
  const { level, lines, trace, since, text, grep } = values as Record<string, string | undefined>;
  if (level !== undefined && !isLogLevel(level)) {
    throw new UsageError(`--level: expected debug, info, warn or error, got "${level}"`);
  }
  if (lines !== undefined && !/^\d{1,9}$/.test(lines)) {
    throw new UsageError(`-n: expected a number of lines, got "${lines}"`);
  }
  return {
    service: positionals[0],
    follow: values['follow'] === true,
    json: values['json'] === true,
    level,
    trace,
    ...(since !== undefined && { since: sinceOf(since) }),
    ...((text !== undefined || grep !== undefined) && { shown: shownOf(text, grep) }),
    lines: lines === undefined ? undefined : Number(lines),
  };
}

function sinceOf(text: string): string {
  const instant = instantOf(text, Date.now());
  if (instant !== undefined) return instant;
  throw new UsageError(`--since: expected 90s, 15m, 2h, 1d or a time such as 2026-03-01T10:30, got "${text}"`);
}

/** Words are looked for in any case; a pattern says itself what it wants. */
function shownOf(text: string | undefined, grep: string | undefined): RegExp {
  if (text !== undefined && grep !== undefined) throw new UsageError('--text and --grep cannot be used together');
  try {
    return grep === undefined ? new RegExp(text!.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'i') : new RegExp(grep);
  } catch (error) {
    throw new UsageError(`--grep: ${(error as Error).message}`);
  }
}

type Options = NonNullable<Parameters<typeof parseArgs>[0]>['options'];

interface Parsed {
  readonly values: Record<string, unknown>;
  readonly positionals: readonly string[];
}

function read(command: keyof typeof USAGE, args: readonly string[], options: Options, mostWords: number): Parsed {
  try {
    const parsed: Parsed = parseArgs({ args: [...args], options, allowPositionals: true });
    if (parsed.positionals.length <= mostWords) return parsed;
    throw new Error(`unexpected "${parsed.positionals[mostWords]}"`);
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\nusage: ${USAGE[command]}`);
  }
}
