import { sleep } from '#libs/kernel';
import type { FaultBoard } from './fault-board.js';
import type { FaultFlag } from './fault-flags.data.js';
import { InjectedFault } from './faults.errors.js';

const LOOK_MS = 100;

let board: FaultBoard | undefined;

/** From now on the places in the code that ask here heed this board; without one nothing is ever on. */
export function useFaultBoard(used: FaultBoard | undefined): void {
  board = used;
}

/** Whether a fault is on at a place. Costs one comparison where faults are not enabled. */
export function faultIsOn(flag: FaultFlag, place?: string): boolean {
  return board !== undefined && board.isOn(flag, place);
}

/**
 * Does nothing unless a call or event is to fail.
 *
 * @throws InjectedFault while `failing-handler` is on for it
 */
export function failIfAsked(place: string): void {
  if (faultIsOn('failing-handler', place)) throw new InjectedFault(place);
}

/** Resolves when the fault is off at the place, at once when it was never on, or when `isOver` says so. */
export async function whileFaultIsOn(flag: FaultFlag, place: string, isOver: () => boolean): Promise<void> {
  while (faultIsOn(flag, place) && !isOver()) await sleep(LOOK_MS);
}
