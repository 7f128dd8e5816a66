import { describe, expect, it } from 'vitest';
import { XLedger } from './ledger.js';
import { XLimits } from './limits.js';

describe('the bill', () => {
  function ledgerAt(day: string, usersBilled = true) {
    const clock = { now: Date.parse(`${day}T23:00:00Z`) };
    return { clock, ledger: new XLedger(() => clock.now, usersBilled) };
  }

  it('should charge a post and a user once a day however often they are read', () => {
    const { ledger } = ledgerAt('2026-03-10');
    ledger.read(['1', '2'], ['9']);
    ledger.read(['2', '3'], ['9', '8']);
    expect(ledger.bill()).toEqual({ posts: 3, users: 2, requests: 0, microUsd: 3 * 5_000 + 2 * 10_000 });
    expect(ledger.reads).toBe(4);
  });

  it('should charge them again on the next UTC day', () => {
    const { ledger, clock } = ledgerAt('2026-03-10');
    ledger.read(['1'], ['9']);
    clock.now += 3_600_000;
    ledger.read(['1'], ['9']);
    expect(ledger.bill().microUsd).toBe(30_000);
    expect(ledger.bill('2026-03-11')).toMatchObject({ posts: 1, users: 1, microUsd: 15_000 });
  });

  it('should charge no users where X does not', () => {
    const { ledger } = ledgerAt('2026-03-10', false);
    ledger.read(['1'], ['9']);
    expect(ledger.bill()).toEqual({ posts: 1, users: 0, requests: 0, microUsd: 5_000 });
  });

  it('should charge every count of posts', () => {
    const { ledger } = ledgerAt('2026-03-10');
    ledger.counted(false);
    ledger.counted(false);
    ledger.counted(true);
    expect(ledger.bill()).toEqual({ posts: 0, users: 0, requests: 3, microUsd: 20_000 });
  });
});

describe('rate limits', () => {
  it('should refuse what is over the limit until the window ends, and tell when that is', () => {
    const clock = { now: 1_000_000 };
    const limits = new XLimits(() => clock.now, { search: { limit: 2, windowMs: 10_000 } });
    expect(limits.take('search')).toMatchObject({ refused: null, headers: { 'x-rate-limit-remaining': '1' } });
    expect(limits.take('search')).toMatchObject({ refused: null, headers: { 'x-rate-limit-remaining': '0' } });
    expect(limits.take('search')).toEqual({
      refused: 'window',
      headers: { 'x-rate-limit-limit': '2', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '1010' },
    });
    expect(limits.take('lookup').refused).toBeNull();
    clock.now += 10_000;
    expect(limits.take('search').refused).toBeNull();
  });

  it('should refuse the second request within a second while the window has room', () => {
    const clock = { now: 1_000_000 };
    const limits = new XLimits(() => clock.now);
    expect(limits.take('search-all').refused).toBeNull();
    const second = limits.take('search-all');
    expect(second.refused).toBe('second');
    expect(Number(second.headers['x-rate-limit-remaining'])).toBeGreaterThan(0);
    clock.now += 1_000;
    expect(limits.take('search-all').refused).toBeNull();
  });
});
