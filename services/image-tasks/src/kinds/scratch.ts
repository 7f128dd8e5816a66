import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '#libs/kernel';
import { createLogger } from '#libs/observability';

const log = createLogger('Scratch');

/** Start of the names of folders for files in the making; the process follows. */
const PREFIX = 'mirante-images-';

/** A folder of this process alone. */
export function makeScratch(dir: string): string {
  return mkdtempSync(join(dir, `${PREFIX}${process.pid}-`));
}

/** A process that was killed could not remove its folder. Folders of other users stay: they are theirs to remove. */
export function removeScratchOfTheDead(dir: string, remove = rmSync): void {
  for (const name of readdirSync(dir).filter((folder) => folder.startsWith(PREFIX))) {
    if (isAlive(Number(name.slice(PREFIX.length).split('-')[0]))) continue;
    try {
      remove(join(dir, name), { recursive: true, force: true });
    } catch (error) {
      log.debug(`a left folder stays: ${messageOf(error)}`);
    }
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
