import type { IncomingHttpHeaders } from 'node:http';

/** What an instance says about our address: the limit counts requests of one IP, so each machine has its own. */
export interface RateLimit {
  limit: number;
  remaining: number;
  /** Milliseconds. */
  resetAt: number;
}

const LONGEST_WAIT_MS = 60 * 60_000;
const DEFAULT_WAIT_MS = 60_000;

/** Below this share of the limit requests are spread over the rest of the window. */
const SPREAD_BELOW = 0.3;

function figure(value: string | string[] | undefined): number | null {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : null;
}

export function rateLimitOf(headers: IncomingHttpHeaders, now: number): RateLimit | null {
  const limit = figure(headers['x-ratelimit-limit']);
  const remaining = figure(headers['x-ratelimit-remaining']);
  const resetAt = Date.parse(String(headers['x-ratelimit-reset']));
  if (!limit || remaining === null || Number.isNaN(resetAt)) return null;
  return { limit, remaining, resetAt: Math.min(resetAt, now + LONGEST_WAIT_MS) };
}

/** Milliseconds to wait before the next request. */
export function paceMs(rate: RateLimit | null, now: number): number {
  if (!rate || rate.resetAt <= now || rate.remaining >= SPREAD_BELOW * rate.limit) return 0;
  return Math.ceil((rate.resetAt - now) / Math.max(1, rate.remaining));
}

/** When a server that has refused a request may be asked again: `Retry-After` (RFC 9110 10.2.3), else the end of the window. */
export function retryAt(headers: IncomingHttpHeaders, now: number): Date {
  const after = headers['retry-after'];
  const seconds = figure(after);
  const date = seconds === null ? Date.parse(after ?? '') : now + seconds * 1_000;
  const told = Number.isNaN(date) ? rateLimitOf(headers, now)?.resetAt : date;
  return new Date(Math.min(Math.max(told ?? now + DEFAULT_WAIT_MS, now + 1_000), now + LONGEST_WAIT_MS));
}
