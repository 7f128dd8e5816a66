import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<number>();

/** Deadline (epoch ms) of the call that is being answered, or undefined outside of one. */
export function currentDeadline(): number | undefined {
  return storage.getStore();
}

/** Runs `work` under a deadline, so that calls it makes do not outlive the caller's patience. */
export function runWithDeadline<T>(deadline: number | undefined, work: () => T): T {
  return deadline === undefined ? work() : storage.run(deadline, work);
}
