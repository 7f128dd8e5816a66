import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { isAlive, processId, type ProcessId } from './run-file.js';

/** Runs a step that only one process may be in; a lock whose holder is dead does not count. */
export async function withLock<T>(file: string, step: () => Promise<T>): Promise<T> {
  take(file);
  try {
    return await step();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string): void {
  for (let tries = 0; tries < 2; tries += 1) {
    try {
      const fd = openSync(file, 'wx', 0o600);
      writeSync(fd, JSON.stringify(processId(process.pid)));
      closeSync(fd);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = holderOf(file);
      if (holder && isAlive(holder)) {
        throw new Error(`process ${holder.pid} is doing the same right now; wait until it is done`, { cause: error });
      }
      rmSync(file, { force: true });
    }
  }
  throw new Error(`somebody else keeps taking ${file}`);
}

function holderOf(file: string): ProcessId | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessId;
  } catch {
    return undefined;
  }
}
