import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROBE_MS, verdictOf } from './reaction.domain.js';
import { UpstreamError, type Reaction } from './upstream.errors.js';

const NOW = Date.UTC(2026, 0, 1);

function verdict(reaction: Reaction, untilMs?: number, attempts = 0, random = 0.5) {
  const details = untilMs === undefined ? {} : { until: new Date(NOW + untilMs) };
  return verdictOf(new UpstreamError('credits', reaction, 'why', details), attempts, NOW, () => random);
}

describe(verdictOf.name, () => {
  it('should retry with pauses that grow up to a limit', () => {
    const delays = [0, 1, 2, 3, 20, 1_000].map((attempts) => verdict('retry', undefined, attempts).delayMs);
    expect(delays).toEqual([500, 1_000, 2_000, 4_000, 150_000, 150_000]);
    expect(verdict('retry', undefined, 3).attempts).toBe(4);
  });

  it('should not retry before the time the source names', () => {
    expect(verdict('retry', 90_000)).toMatchObject({ state: 'waiting', delayMs: 90_000, endKnown: true });
  });

  it('should wait until the time the source names, without counting it as a failure', () => {
    expect(verdict('wait', 90_000, 7)).toMatchObject({ state: 'waiting', delayMs: 90_000, attempts: 0 });
  });

  it('should wait longer each time when a wait has no end', () => {
    expect(verdict('wait', undefined, 0).delayMs).toBe(7_500);
    expect(verdict('wait', undefined, 1).delayMs).toBe(15_000);
  });

  it('should not believe a source that wants to be left alone for ever', () => {
    expect(verdict('wait', 400 * 86_400_000).delayMs).toBe(32 * 86_400_000);
  });

  it('should probe a halted source hourly, as no end is known', () => {
    expect(verdict('halt-source')).toMatchObject({ state: 'stopped', delayMs: PROBE_MS, endKnown: false });
  });

  it('should leave a stopped part to its owner', () => {
    expect(verdict('stop-part')).toMatchObject({ state: 'stopped', delayMs: null });
  });

  it('should wait where a budget comes back by itself', () => {
    expect(verdict('stop-part', 3_600_000)).toMatchObject({ state: 'waiting', delayMs: 3_600_000, endKnown: true });
  });

  it('should never try again what can only fail', () => {
    expect(verdict('fail', 1_000)).toMatchObject({ state: 'failed', delayMs: null, endKnown: false });
  });

  it('should either name a pause of at least nothing or end it, whatever happens', () => {
    const reactions = fc.constantFrom<Reaction>('retry', 'wait', 'halt-source', 'stop-part', 'fail');
    const until = fc.option(fc.integer({ min: -1e12, max: 1e12 }), { nil: undefined });
    fc.assert(
      fc.property(reactions, until, fc.nat(), fc.double({ min: 0, max: 0.999, noNaN: true }), (reaction, ms, attempts, random) => {
        const { state, delayMs, endKnown } = verdict(reaction, ms, attempts, random);
        if (state === 'failed') return delayMs === null;
        if (state === 'waiting') return delayMs !== null && delayMs >= 0 && Number.isSafeInteger(delayMs * 1_000) && endKnown;
        return !endKnown && (delayMs === null || delayMs === PROBE_MS);
      }),
    ); // prettier-ignore
  });

  it('should always pause between two retries', () => {
    fc.assert(
      fc.property(fc.nat({ max: 100 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempts, random) => {
        const { delayMs } = verdict('retry', -5_000, attempts, random);
        return delayMs! >= 100 && delayMs! <= 300_000;
      }),
    );
  });
});
