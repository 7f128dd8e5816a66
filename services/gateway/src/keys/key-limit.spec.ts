import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeyLimit } from './key-limit.service.js';
import type { KeyWindowRepository } from './key-window.repository.js';

/** The row all gateways share, with a clock that is elsewhere in its minute than ours. */
class SharedRow {
  used = 0;
  writes = 0;
  away: 'no' | 'fails' | 'hangs' = 'no';
  elapsedMs = 20_000;

  async reserve(_key: string, requests: number) {
    this.writes++;
    if (this.away === 'fails') throw new Error('away');
    if (this.away === 'hangs') await new Promise(() => undefined);
    this.used += requests;
    return { used: this.used, elapsedMs: this.elapsedMs };
  }
}

async function allowedOf(sut: KeyLimit, requests: number, limit: number): Promise<number> {
  let allowed = 0;
  for (let i = 0; i < requests; i++) if ((await sut.take('key', limit)).allowed) allowed++;
  return allowed;
}

describe('KeyLimit', () => {
  let row: SharedRow;
  const gateway = () => new KeyLimit(row as unknown as KeyWindowRepository);

  beforeEach(() => {
    vi.useFakeTimers();
    row = new SharedRow();
  });

  afterEach(() => vi.useRealTimers());

  it.each([1, 2, 7, 10, 600, 10_000])('should let exactly the limit of %i through', async (limit) => {
    expect(await allowedOf(gateway(), limit + 50, limit)).toBe(limit);
  });

  it('should write for few requests only', async () => {
    await allowedOf(gateway(), 700, 600);
    expect(row.writes).toBeLessThan(60);
  });

  it('should follow the minute of the database', async () => {
    const sut = gateway();
    expect(await allowedOf(sut, 20, 10)).toBe(10);
    expect((await sut.take('key', 10)).resetMs).toBe(40_000);
    vi.advanceTimersByTime(39_999);
    expect((await sut.take('key', 10)).allowed).toBe(false);
    row.used = 0;
    vi.advanceTimersByTime(1);
    expect(await allowedOf(sut, 20, 10)).toBe(10);
  });

  it('should share the limit with other gateways, also when they take turns unevenly', async () => {
    const [a, b] = [gateway(), gateway()];
    let allowed = 0;
    for (let i = 0; i < 400; i++) allowed += (await allowedOf(a, 3, 300)) + (await allowedOf(b, 1, 300));
    expect(allowed).toBe(300);
  });

  it('should make one reservation for many requests at the same time', async () => {
    const sut = gateway();
    const standings = await Promise.all(Array.from({ length: 50 }, () => sut.take('key', 600)));
    expect(standings.every(({ allowed }) => allowed)).toBe(true);
    expect(row.writes).toBe(1);
  });

  it('should hold the limit alone while the database is away, and share again after the minute', async () => {
    const sut = gateway();
    row.away = 'fails';
    expect(await allowedOf(sut, 30, 20)).toBe(20);
    expect(row.writes).toBe(1);
    row.away = 'no';
    vi.advanceTimersByTime(60_000);
    expect(await allowedOf(sut, 30, 20)).toBe(20);
    expect(row.used).toBeGreaterThanOrEqual(20);
  });

  it('should give up soon on a database that does not answer', async () => {
    const sut = gateway();
    row.away = 'hangs';
    const standing = sut.take('key', 20);
    await vi.advanceTimersByTimeAsync(300);
    expect((await standing).allowed).toBe(true);
    expect((await sut.take('other', 20)).allowed).toBe(true);
    expect(row.writes).toBe(1);
  });
});
