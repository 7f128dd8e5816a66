import { appendFileSync, renameSync, statSync } from 'node:fs';

export type SupervisorLevel = 'info' | 'warn' | 'error';

const LARGEST_BYTES = 5 * 1024 * 1024;

/** Appends a line in the format of the services' logs, so that `logs` shows it among theirs. */
export function logLine(file: string, level: SupervisorLevel, message: string): void {
  const line = {
    '@timestamp': new Date().toISOString(),
    'log.level': level,
    message,
    'log.logger': 'Supervisor',
    'ecs.version': '8.11.0',
    'service.name': 'supervisor',
    'process.pid': process.pid,
  };
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_BYTES) renameSync(file, `${file}.1`);
  appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o640 });
}
