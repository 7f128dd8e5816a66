import type { ManagedProcess } from './managed-process.js';

const POLL_MS = 25;

/** A server that did not come up, with the end of its log. */
export class ServerStartError extends Error {
  constructor(
    readonly server: string,
    reason: string,
    readonly tail: string,
  ) {
    super(`${server} ${reason}${tail ? `; its last log lines:\n${tail}` : ''}`);
    this.name = 'ServerStartError';
  }
}

/** Polls until the probe says yes, and gives up at once when the process ends. */
export async function untilReady(
  process: ManagedProcess,
  probe: () => Promise<boolean>,
  timeoutMs: number,
  tail: () => string,
): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    if (process.isRunning && (await probe())) return;
    if (process.exited) {
      const { code, signal } = process.exited;
      throw new ServerStartError(process.spec.name, `ended with ${signal ?? `code ${code}`} while starting`, tail());
    }
    if (Date.now() > giveUpAt) {
      const text = tail();
      await process.kill();
      throw new ServerStartError(process.spec.name, `was not ready after ${timeoutMs} ms`, text);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
