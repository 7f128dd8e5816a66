import { counter, gauge } from '../metrics/instruments.js';

export const logLines = counter({
  name: 'log_lines_total',
  help: 'Log lines handed to the log writer.',
  labelNames: ['level'],
});

export const logLinesDropped = counter({
  name: 'log_lines_dropped_total',
  help: 'Log lines that were not written: buffer_full, or repeated (suppressed on purpose, a summary line tells how many).',
  labelNames: ['reason'],
});

export const logWriteErrors = counter({
  name: 'log_write_errors_total',
  help: 'Failed attempts to write log lines; the lines are kept and tried again.',
  labelNames: ['error_code'],
});

export const logBufferBytes = gauge({
  name: 'log_buffer_bytes',
  help: 'Size of the log lines that wait in memory to be written.',
});
