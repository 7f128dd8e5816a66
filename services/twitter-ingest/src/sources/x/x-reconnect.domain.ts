import type { WaitReason } from '#libs/contracts';

/**
 * How a connection to a stream came to its end: `network` (cut, silent, ended by X), `http` (refused or failing), `rate`
 * (too many requests or connections). Each has a rhythm of its own, as X asks for ("Handling disconnections").
 */
export type XBreak = 'network' | 'http' | 'rate';

export interface XReconnect {
  kind: XBreak | null;
  /** Breaks of this kind since the stream last worked. */
  attempts: number;
}

/** The stream works: call when its first byte arrives, so that an accepted and at once cut connection is no success. */
export const RECONNECTED: XReconnect = { kind: null, attempts: 0 };

const RHYTHM: Readonly<Record<XBreak, (attempts: number) => number>> = {
  network: (attempts) => Math.min(250 * attempts, 16_000),
  http: (attempts) => Math.min(5_000 * 2 ** (attempts - 1), 320_000),
  rate: (attempts) => Math.min(60_000 * 2 ** (attempts - 1), 900_000),
};

/** The next state and the milliseconds to wait before the next connection. */
export function afterBreak(state: XReconnect, kind: XBreak): { state: XReconnect; delayMs: number } {
  const attempts = state.kind === kind ? state.attempts + 1 : 1;
  return { state: { kind, attempts }, delayMs: RHYTHM[kind](attempts) };
}

const KINDS: Readonly<Partial<Record<WaitReason, XBreak>>> = {
  network: 'network',
  'too-many-connections': 'rate',
  'rate-window': 'rate',
  'rate-second': 'rate',
};

/** The rhythm for a reason; null, for a stream that X has simply ended, is `network`. */
export function breakOf(reason: WaitReason | null): XBreak {
  return reason === null ? 'network' : (KINDS[reason] ?? 'http');
}
