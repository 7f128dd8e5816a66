import { describe, expect, it } from 'vitest';
import { WAIT_REASONS } from '#libs/contracts';
import { afterBreak, breakOf, RECONNECTED, type XBreak, type XReconnect } from './x-reconnect.domain.js';

function delays(kind: XBreak, times: number, from: XReconnect = RECONNECTED): number[] {
  let state = from;
  return Array.from({ length: times }, () => {
    const next = afterBreak(state, kind);
    state = next.state;
    return next.delayMs;
  });
}

describe('afterBreak', () => {
  it('should add a quarter of a second after each break of the network, to 16 s', () => {
    const all = delays('network', 100);
    expect(all.slice(0, 3)).toEqual([250, 500, 750]);
    expect(all[63]).toBe(16_000);
    expect(all.at(-1)).toBe(16_000);
  });

  it('should double from 5 s to 320 s after refusals', () => {
    expect(delays('http', 9)).toEqual([5, 10, 20, 40, 80, 160, 320, 320, 320].map((s) => s * 1_000));
  });

  it('should double from a minute where X is asked too often', () => {
    expect(delays('rate', 6)).toEqual([60, 120, 240, 480, 900, 900].map((s) => s * 1_000));
  });

  it('should begin anew when the stream has worked or breaks in another way', () => {
    const { state } = afterBreak(afterBreak(RECONNECTED, 'http').state, 'http');
    expect(delays('network', 1, state)).toEqual([250]);
    expect(delays('http', 1, RECONNECTED)).toEqual([5_000]);
  });
});

describe('breakOf', () => {
  it('should know a rhythm for every reason', () => {
    const rhythms = Object.fromEntries(WAIT_REASONS.map((reason) => [reason, breakOf(reason)]));
    expect(rhythms).toMatchObject({ network: 'network', 'too-many-connections': 'rate', 'upstream-unavailable': 'http' }); // prettier-ignore
    expect(breakOf(null)).toBe('network');
  });
});
