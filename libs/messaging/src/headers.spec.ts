import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attemptOf,
  carriedHeaders,
  numberHeader,
  parkingHeaders,
  remainingMs,
  replayHeaders,
  retryHeaders,
} from './headers.js';

const reason = { code: 'X.Y', message: 'm'.repeat(1_000), queue: 'ev.a', routingKey: 'a.b.c.v1', atMs: 0 };

describe('headers', () => {
  it.each([
    [5, 5],
    ['5', 5],
    ['', undefined],
    ['five', undefined],
    [1.5, undefined],
    [true, undefined],
    [{ '!': 'timestamp', value: 5 }, undefined],
    [undefined, undefined],
  ])('should read the number in %j as %s', (value, number) => {
    expect(numberHeader({ 'x-n': value }, 'x-n')).toBe(number);
  });

  it('should count from 1', () => {
    expect([attemptOf(undefined), attemptOf({ 'x-attempt': -4 }), attemptOf({ 'x-attempt': 3 })]).toEqual([1, 1, 3]);
  });

  it('should tell the time left until the deadline', () => {
    expect(remainingMs({ 'x-deadline': 1_500 }, 1_000)).toBe(500);
    expect(remainingMs({ 'x-deadline': 500 }, 1_000)).toBe(-500);
    expect(remainingMs({ 'x-deadline': 'soon' }, 1_000)).toBeUndefined();
    expect(remainingMs(undefined, 1_000)).toBeUndefined();
  });

  it('should never hand back what the broker wrote', () => {
    const broker = {
      'x-death': [{}],
      'x-first-death-queue': 'q',
      'x-last-death-reason': 'expired',
      'x-delivery-count': 2,
      'x-acquired-count': 2,
    };
    for (const made of [
      carriedHeaders(broker),
      retryHeaders(broker, 2, 'k'),
      parkingHeaders(broker, reason),
      replayHeaders(broker),
    ]) {
      expect(Object.keys(made).filter((name) => name in broker)).toEqual([]);
    }
  });

  it('should say why a message is parked, in short', () => {
    const made = parkingHeaders({ 'x-attempt': 3, traceparent: 't' }, reason);
    expect(made).toEqual({
      'x-attempt': 3,
      traceparent: 't',
      'x-error-code': 'X.Y',
      'x-error-message': 'm'.repeat(300),
      'x-origin-queue': 'ev.a',
      'x-origin-routing-key': 'a.b.c.v1',
      'x-parked-at': '1970-01-01T00:00:00.000Z',
    });
  });

  it('should give back the headers of the first delivery on replay, whatever happened before', () => {
    const own = fc.dictionary(
      fc.constantFrom('traceparent', 'tracestate', 'x-request-id', 'x-published-at', 'x-aggregate-id'),
      fc.string(),
    );
    fc.assert(
      fc.property(own, fc.integer({ min: 2, max: 9 }), (headers, attempt) => {
        const parked = parkingHeaders({ ...retryHeaders(headers, attempt, 'k'), 'x-death': [] }, reason);
        expect(replayHeaders(parked)).toEqual({ ...headers });
      }),
    );
  });
});
