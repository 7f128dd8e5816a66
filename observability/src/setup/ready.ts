import { messageOf, sleep } from '#libs/kernel';

/**
 * Waits until `ask` succeeds.
 *
 * @throws Error with the last reason after `waitMs`
 */
export async function untilReady(what: string, waitMs: number, ask: () => Promise<void>): Promise<void> {
  const giveUpAt = Date.now() + waitMs;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      const left = giveUpAt - Date.now();
      if (left <= 0) throw new Error(`${what} is not ready after ${Math.round(waitMs / 1_000)} s: ${messageOf(error)}`, { cause: error }); // prettier-ignore
      await sleep(Math.min(1_000, left));
    }
  }
}
