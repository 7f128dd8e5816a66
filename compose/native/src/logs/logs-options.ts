import type { LogFilter } from './log-filter.js';

/** What the command `logs` was asked for. */
export interface LogsOptions extends LogFilter {
  readonly follow: boolean;
  readonly json: boolean;
  readonly lines?: number | undefined;
}

/** Tells a person why an option has no meaning for a server, whose own lines have no fields; undefined when all have one. */
export function refusalFor(server: string, options: LogsOptions): string | undefined {
  const { level, trace, since, shown, json } = options;
  const given = {
    '--level': level,
    '--trace': trace,
    '--since': since,
    '--text or --grep': shown,
    '--json': json || undefined,
  };
  const useless = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (useless.length === 0) return undefined;
  return `${useless.join(', ')}: only lines of services can be picked so; the log of ${server} is shown with -n and -f`;
}
