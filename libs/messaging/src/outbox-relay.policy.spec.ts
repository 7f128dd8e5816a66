import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageTooLargeError, PublishError } from './messaging.errors.js';
import { CLAIM_LIMIT, isRefusal, marksOf, pauseMs, refusalDelayMs, type Attempt } from './outbox-relay.policy.js';

const REASONS: Array<PublishError['reason']> = [
  'unroutable',
  'nacked',
  'lost',
  'blocked',
  'disconnected',
  'timeout',
  'overloaded',
];

describe('isRefusal', () => {
  it.each(REASONS)('should blame the message for %s only when the broker judged it', (reason) => {
    expect(isRefusal(new PublishError(reason, 'x'))).toBe(reason === 'unroutable' || reason === 'nacked');
  });

  it('should blame a message that is too large', () => {
    expect(isRefusal(new MessageTooLargeError('it', 2, 1))).toBe(true);
    expect(isRefusal(new Error('bug'))).toBe(false);
  });
});

describe('refusalDelayMs', () => {
  it('should double from a second to a minute', () => {
    expect([0, 1, 2, 5, 6, 7, 5_000].map(refusalDelayMs)).toEqual([
      1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000,
    ]);
  });
});

describe('marksOf', () => {
  const attempts: fc.Arbitrary<Attempt[]> = fc.uniqueArray(
    fc.record({
      id: fc.nat().map(String),
      attempts: fc.nat(20),
      error: fc.oneof(
        fc.constant(undefined),
        fc.constantFrom(...REASONS).map((reason) => new PublishError(reason, 'x')),
      ),
    }),
    { selector: ({ id }) => id },
  );

  it('should mark as published exactly what the broker confirmed, and each row at most once', () => {
    fc.assert(
      fc.property(attempts, (results) => {
        const { published, postponed } = marksOf(results);
        expect(published).toEqual(results.filter(({ error }) => error === undefined).map(({ id }) => id));
        const waiting = postponed.flatMap(({ ids }) => ids);
        expect([...waiting].sort()).toEqual(
          results
            .filter(({ error }) => isRefusal(error))
            .map(({ id }) => id)
            .sort(),
        );
        expect(new Set([...published, ...waiting]).size).toBe(published.length + waiting.length);
      }),
    );
  });
});

describe('pauseMs', () => {
  it('should go on at once while full claims get somewhere', () => {
    expect(pauseMs(CLAIM_LIMIT, 1, 0)).toBe(0);
    expect(pauseMs(CLAIM_LIMIT, 0, 0)).toBeGreaterThan(0);
  });

  it('should back off while there is nothing to do, to two seconds at most', () => {
    expect([0, 1, 2, 3, 100].map((rounds) => pauseMs(0, 0, rounds))).toEqual([500, 1_000, 2_000, 2_000, 2_000]);
    expect(pauseMs(3, 3, 0)).toBe(500);
  });
});
