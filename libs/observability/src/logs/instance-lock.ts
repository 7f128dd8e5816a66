import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';

const MOST_INSTANCES = 256;
const held = new Set<string>();

/** A log file of its own for this process. */
export interface LogFileClaim {
  path: string;
  release(): void;
}

/**
 * Finds a log file name that no other living process uses: `<base>.ndjson`, else `<base>-2.ndjson` and so on. The claim is a
 * `.lock` file with the process id; one left behind by a dead process is taken over.
 */
export function claimLogFile(base: string): LogFileClaim {
  for (let number = 1; number <= MOST_INSTANCES; number++) {
    const path = `${base}${number === 1 ? '' : `-${number}`}.ndjson`;
    const lock = `${path}.lock`;
    if (!held.has(lock) && (tryLock(lock) || (isAbandoned(lock) && tryLock(lock)))) {
      held.add(lock);
      return {
        path,
        release: () => {
          if (held.delete(lock)) rmSync(lock, { force: true });
        },
      };
    }
  }
  throw Object.assign(new Error(`${MOST_INSTANCES} processes already log to ${base}`), { code: 'EBUSY' });
}

function tryLock(lock: string): boolean {
  try {
    const descriptor = openSync(lock, 'wx', 0o640);
    writeSync(descriptor, String(process.pid));
    closeSync(descriptor);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a lock whose owner is gone. Our own id means an earlier life of this container, where ids repeat. */
function isAbandoned(lock: string): boolean {
  let owner: number;
  try {
    owner = Number(readFileSync(lock, 'utf8'));
  } catch {
    return true;
  }
  if (Number.isInteger(owner) && owner > 0 && owner !== process.pid && isAlive(owner)) return false;
  rmSync(lock, { force: true });
  return true;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
