import { describe, expect, it } from 'vitest';
import { paceMs, rateLimitOf, retryAt } from './rate-limits.js';

const NOW = Date.UTC(2026, 10, 21, 12);
const headers = (limit: string, remaining: string, reset: string) => ({
  'x-ratelimit-limit': limit,
  'x-ratelimit-remaining': remaining,
  'x-ratelimit-reset': reset,
});

describe('rate limits of an instance', () => {
  it('should read the three headers', () => {
    const sut = rateLimitOf(headers('300', '299', '2026-11-21T12:05:00.000000Z'), NOW);
    expect(sut).toEqual({ limit: 300, remaining: 299, resetAt: NOW + 300_000 });
  });

  it.each([
    headers('300', 'many', '2026-11-21T12:05:00Z'),
    headers('0', '0', '2026-11-21T12:05:00Z'),
    headers('300', '1', 'soon'),
    {},
  ])('should take nothing from unusable headers', (given) => {
    expect(rateLimitOf(given, NOW)).toBeNull();
  });

  it('should not believe in a window that lasts for days', () => {
    expect(rateLimitOf(headers('300', '0', '2036-01-01T00:00:00Z'), NOW)!.resetAt).toBe(NOW + 3_600_000);
  });

  it('should go at full speed first and spread the last requests over the window', () => {
    const rate = (remaining: number) => ({ limit: 300, remaining, resetAt: NOW + 100_000 });
    expect([300, 90, 50, 1, 0].map((remaining) => paceMs(rate(remaining), NOW))).toEqual([
      0, 0, 2_000, 100_000, 100_000,
    ]);
    expect(paceMs(rate(0), NOW + 100_000)).toBe(0);
  });

  it.each([
    ['seconds', { 'retry-after': '30' }, NOW + 30_000],
    ['a date', { 'retry-after': 'Sat, 21 Nov 2026 12:01:00 GMT' }, NOW + 60_000],
    ['the window', headers('300', '0', '2026-11-21T12:05:00Z'), NOW + 300_000],
    ['nothing', {}, NOW + 60_000],
    ['the past', { 'retry-after': '0' }, NOW + 1_000],
    ['years', { 'retry-after': '999999999' }, NOW + 3_600_000],
  ])('should wait as %s tells', (_kind, given, until) => {
    expect(retryAt(given, NOW).getTime()).toBe(until);
  });
});
