import type { CaptureState } from '#libs/contracts';

const OPEN_STATES = ['running', 'waiting', 'stopped'] as const;

/** State of a capture whose parts are in the given states: the liveliest of them says what the whole does. */
export function captureStateOf(parts: readonly CaptureState[], paused: boolean): CaptureState {
  const open = OPEN_STATES.filter((state) => parts.includes(state));
  if (open[0] === undefined) return parts.length > 0 && parts.every((state) => state === 'failed') ? 'failed' : 'done';
  return paused ? 'paused' : open[0];
}

/** Whether nothing more will happen in this state, whatever anybody does. */
export function hasEnded(state: string): boolean {
  return state === 'done' || state === 'failed';
}
