import { randomBytes } from 'node:crypto';
import { appendFileSync, renameSync, statSync } from 'node:fs';

export type SupervisorLevel = 'info' | 'warn' | 'error';

const LARGEST_BYTES = 5 * 1024 * 1024;
/** As in the services: what is done on nobody's behalf has the trace of its process. */
const TRACE_ID = randomBytes(16).toString('hex');

/** Appends a line in the format of the services' logs, so that `logs` shows it among theirs. */
export function logLine(file: string, level: SupervisorLevel, message: string): void {
  const line = {
    '@timestamp': new Date().toISOString(),
    'log.level': level,
    message,
    'log.logger': 'Supervisor',
    'trace.id': TRACE_ID,
    'ecs.version': '8.11.0',
    'service.name': 'supervisor',
    'process.pid': process.pid,
  };
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_BYTES) renameSync(file, `${file}.1`);
  appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o640 });
}
