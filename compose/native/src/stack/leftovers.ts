import { forgetRun, isAlive, livingProcesses, readRun, type ProcessId } from './run-file.js';

const POLL_MS = 50;
const ORDERLY_MS = 15_000;

/**
 * Ends what an earlier supervisor started and could not stop because it was killed itself. Only processes whose start time
 * is on record are touched.
 *
 * @returns how many there were
 */
export async function endLeftovers(): Promise<number> {
  const run = readRun();
  if (!run) return 0;
  if (isAlive(run.supervisor)) throw new Error('the supervisor is alive; stop it instead');
  const processes = livingProcesses(run);
  processes.forEach((process) => signalGroup(process, 'SIGTERM'));
  await untilGone(processes, ORDERLY_MS);
  processes.forEach((process) => signalGroup(process, 'SIGKILL'));
  await untilGone(processes, ORDERLY_MS);
  forgetRun();
  return processes.length;
}

/** Resolves when none of the processes is alive, or after the given time. */
export async function untilGone(processes: readonly ProcessId[], timeoutMs: number): Promise<boolean> {
  const giveUpAt = Date.now() + timeoutMs;
  while (processes.some(isAlive)) {
    if (Date.now() > giveUpAt) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}

/** Signals the group that a part leads, unless another process has its pid by now. */
export function signalGroup(target: ProcessId, signal: NodeJS.Signals): void {
  if (!isAlive(target)) return;
  try {
    process.kill(-target.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
