import { LOGS, METRICS } from '../elasticsearch/streams.data.js';

/** Start of every query over lines; the dashboard's period comes by itself from the two parameters. */
const WITHIN = '@timestamp >= ?_tstart AND @timestamp < ?_tend';

/** Some 75 steps over the period, however long it is. The column is named by its expression, so that charts see a time. */
export const TIME = 'BUCKET(@timestamp, 75, ?_tstart, ?_tend)';

export function lines(...commands: readonly string[]): string {
  return [`FROM ${LOGS.pattern}`, `WHERE ${WITHIN}`, ...commands].join(' | ');
}

export function samples(...commands: readonly string[]): string {
  return [`FROM ${METRICS.pattern}`, `WHERE ${WITHIN}`, ...commands].join(' | ');
}

/** Counters need the source command that knows about time series. */
export function timeSeries(...commands: readonly string[]): string {
  return [`TS ${METRICS.pattern}`, `WHERE ${WITHIN}`, ...commands].join(' | ');
}

/** Milliseconds of `event.duration`. */
export const DURATION_MS = 'EVAL duration_ms = event.duration / 1000000.0';
export const REQUESTS = 'WHERE event.action == "http-request"';
