import type { LogFilter } from './log-filter.js';

/** What the command `logs` was asked for. */
export interface LogsOptions extends LogFilter {
  readonly follow: boolean;
  readonly json: boolean;
  readonly lines?: number | undefined;
}
