import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodedError, type ErrorKind } from '#libs/kernel';
import { RetryableError } from './messaging.errors.js';
import { decideFailure, isRetryable } from './retry-policy.js';
import { DEFAULT_LADDER } from './topology.js';

describe('isRetryable', () => {
  it.each<[ErrorKind, boolean]>([
    ['unavailable', true],
    ['timeout', true],
    ['rate-limited', true],
    ['invalid', false],
    ['not-found', false],
    ['internal', false],
  ])('should take a coded error of kind %s as retryable: %s', (kind, retryable) => {
    expect(isRetryable(new CodedError('X.Y', kind, 'x'))).toBe(retryable);
  });

  it.each([
    [Object.assign(new Error('deadlock'), { code: 'ER_LOCK_DEADLOCK' }), true],
    [{ driverError: { code: 'ER_LOCK_WAIT_TIMEOUT' } }, true],
    [new Error('bug'), false],
    [undefined, false],
    [null, false],
    ['text', false],
  ])('should look at other errors too (%#)', (error, retryable) => {
    expect(isRetryable(error)).toBe(retryable);
  });
});

describe('decideFailure', () => {
  it('should climb the ladder and then park', () => {
    const decisions = [1, 2, 3, 4, 5].map((attempt) => decideFailure(new RetryableError('x'), attempt, DEFAULT_LADDER));
    expect(decisions).toEqual([
      { action: 'retry', step: DEFAULT_LADDER[0], nextAttempt: 2 },
      { action: 'retry', step: DEFAULT_LADDER[1], nextAttempt: 3 },
      { action: 'retry', step: DEFAULT_LADDER[2], nextAttempt: 4 },
      { action: 'retry', step: DEFAULT_LADDER[3], nextAttempt: 5 },
      { action: 'park', code: 'EVENT.RETRIES_EXHAUSTED' },
    ]);
  });

  it('should park other errors at once, under their code', () => {
    expect(decideFailure(new CodedError('TAGS.BAD', 'invalid', 'x'), 1, DEFAULT_LADDER)).toEqual({
      action: 'park',
      code: 'TAGS.BAD',
    });
    expect(decideFailure(new TypeError('bug'), 1, DEFAULT_LADDER)).toEqual({
      action: 'park',
      code: 'EVENT.HANDLER_FAILED',
    });
  });

  it('should park retryable errors when there is no ladder', () => {
    expect(decideFailure(new RetryableError('x'), 1, [])).toMatchObject({ action: 'park' });
  });

  it('should wait for what is away without end where the queue has the patience', () => {
    const away = new CodedError('DATABASE.AWAY', 'unavailable', 'x');
    const patience = { inHandMs: 1, endless: true };
    const last = DEFAULT_LADDER.at(-1);
    expect(decideFailure(away, 4, DEFAULT_LADDER, patience)).toEqual({ action: 'retry', step: last, nextAttempt: 5 });
    expect(decideFailure(away, 5, DEFAULT_LADDER, patience)).toEqual({ action: 'retry', step: last, nextAttempt: 5 });
    expect(decideFailure(away, 5, DEFAULT_LADDER)).toMatchObject({ action: 'park' });
    expect(decideFailure(new RetryableError('x'), 5, DEFAULT_LADDER, patience)).toMatchObject({ action: 'park' });
    expect(decideFailure(new TypeError('bug'), 1, DEFAULT_LADDER, patience)).toMatchObject({ action: 'park' });
  });

  it('should always end, wait at least as long as wished where a rung allows it, and use no rung twice', () => {
    const ladders = fc
      .uniqueArray(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 8 })
      .map((delays) => delays.sort((a, b) => a - b).map((delayMs) => ({ name: `${delayMs}`, delayMs })));
    const wishes = fc.array(fc.option(fc.integer({ min: 0, max: 2_000_000 }), { nil: undefined }), { minLength: 9 });
    fc.assert(
      fc.property(ladders, wishes, (ladder, wished) => {
        const used: number[] = [];
        let attempt = 1;
        for (const delayMs of wished) {
          const decision = decideFailure(new RetryableError('x', { delayMs }), attempt, ladder);
          if (decision.action === 'park') return;
          const longest = ladder.at(-1)!.delayMs;
          expect(decision.step.delayMs).toBeGreaterThanOrEqual(Math.min(delayMs ?? 0, longest));
          expect(decision.nextAttempt).toBeGreaterThan(attempt);
          expect(used).not.toContain(decision.step.delayMs);
          used.push(decision.step.delayMs);
          attempt = decision.nextAttempt;
        }
        expect.unreachable('a ladder of 8 rungs must end within 9 failures');
      }),
    );
  });
});
