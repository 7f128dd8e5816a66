import type { JobClass } from './job.types.js';

/**
 * Rules of the scheduler, without clock, database or randomness of their own: weighted fair queueing by virtual time. A
 * lane's virtual time is the work it was served (seconds) divided by its weight; the runnable lane with the lowest goes
 * next. A claim is charged what a slice of the lane usually costs, and corrected by the truth when it ends, so few slow
 * slices pay as much as many quick ones.
 */
export interface Lane {
  vtime: number;
  weight: number;
  /** Seconds a slice of this lane usually takes. */
  meanCost: number;
  /** Most slices that run at the same time. */
  cap: number;
  ready: number;
  running: number;
}

/** Virtual times of the other lanes that matter to one that wakes: null where there is none. */
export interface Surroundings {
  /** Lowest of the lanes that could be served now. */
  lowestRunnable: number | null;
  /** Highest of all lanes. */
  highest: number | null;
}

/** What a new lane is charged per slice until it is known better, in seconds. */
export const FIRST_COST = 0.1;

/** A slice costs at least this much (seconds): what claiming and settling it takes. */
export const MIN_COST = 0.001;

/**
 * How far behind the others a lane may be when it comes back from its cap, in seconds of virtual time. It is served first
 * until it has caught up; without the limit a lane held back for an hour would push the others aside for an hour.
 */
export const MAX_CREDIT = 10;

/** Slices that may wait in a lane of somebody of whom other work is running, and still be called little. */
export const LITTLE = 2;

/** How much of the usual cost the latest slice makes up. */
const COST_MEMORY = 0.2;

/** Whether the lane can be served now. */
export function isRunnable(lane: Lane): boolean {
  return lane.ready > 0 && lane.running < lane.cap;
}

/**
 * Whether it is work of somebody who has little to do: nothing of the lane is running, and nothing else of its tenant
 * either, or hardly anything is waiting.
 *
 * @param others slices of the same tenant that run in other lanes
 */
export function isModest({ ready, running }: Lane, others: number): boolean {
  return running === 0 && (others === 0 || ready <= LITTLE);
}

/** A slice of the lane is taken. `charged` is to be given back to {@link settle}. */
export function claim(lane: Lane): { lane: Lane; charged: number } {
  return {
    lane: { ...charge(lane, lane.meanCost), ready: lane.ready - 1, running: lane.running + 1 },
    charged: lane.meanCost,
  };
}

/** The next slice goes on in the place of one that has just ended: it was never ready. */
export function takeOver(lane: Lane): { lane: Lane; charged: number } {
  return { lane: { ...charge(lane, lane.meanCost), running: lane.running + 1 }, charged: lane.meanCost };
}

/** An attempt has ended, well or not, after `cost` seconds. */
export function settle(lane: Lane, charged: number, cost: number): Lane {
  const real = Math.max(MIN_COST, cost);
  return {
    ...charge(lane, real - charged),
    meanCost: (1 - COST_MEMORY) * lane.meanCost + COST_MEMORY * real,
    running: lane.running - 1,
  };
}

/** Running slices were taken away (lease lost, job cancelled): what they were charged stays. */
export function drop(lane: Lane, slices: { ready: number; running: number }): Lane {
  return { ...lane, ready: lane.ready - slices.ready, running: lane.running - slices.running };
}

/** Slices have become ready. */
export function add(lane: Lane, ready: number): Lane {
  return { ...lane, ready: lane.ready + ready };
}

/** How a change made the lane runnable, if it did: from having nothing to do, or from its cap. */
export function awakening(before: Lane, after: Lane): 'idle' | 'capped' | null {
  if (isRunnable(before) || !isRunnable(after)) return null;
  return before.ready > 0 ? 'capped' : 'idle';
}

/**
 * A lane that wakes starts where the others are: what it did not use is not saved up. From its cap it comes back with at
 * most {@link MAX_CREDIT}.
 */
export function lift(lane: Lane, from: 'idle' | 'capped', { lowestRunnable, highest }: Surroundings): Lane {
  if (from === 'capped') {
    return lowestRunnable === null ? lane : { ...lane, vtime: Math.max(lane.vtime, lowestRunnable - MAX_CREDIT) };
  }
  return { ...lane, vtime: Math.max(lane.vtime, lowestRunnable ?? highest ?? 0) };
}

/** Slots of one process: `open` ones take any work, one more is kept for those who have little to do. */
export type SlotKind = 'open' | 'kept';

/** Slots in use. */
export type BusySlots = Record<SlotKind, number>;

/** Which work is looked for. */
export interface Wanted {
  classes: readonly JobClass[];
  /** Only of lanes that are {@link isModest}: whoever has much to do does not fill the last slot as well. */
  modestOnly: boolean;
}

/** A free slot and what it may take. */
export interface Opening extends Wanted {
  slot: SlotKind;
}

/** What the next free slot may take; null when there is none. The open slots are filled first. */
export function openingFor(open: number, busy: BusySlots): Opening | null {
  if (open === 0) return null;
  if (busy.open < open) return { slot: 'open', classes: ['short', 'long'], modestOnly: false };
  return busy.kept === 0 ? { slot: 'kept', classes: ['short'], modestOnly: true } : null;
}

function charge(lane: Lane, cost: number): Lane {
  return { ...lane, vtime: lane.vtime + cost / lane.weight };
}
