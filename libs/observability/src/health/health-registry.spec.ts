import { describe, expect, it } from 'vitest';
import { HealthRegistry } from './health-registry.js';

describe('HealthRegistry', () => {
  it('should be ready when there is nothing to check', async () => {
    expect(await new HealthRegistry().snapshot()).toEqual({ ready: true, checks: [] });
  });

  it('should tell of every check, and be ready only when all pass', async () => {
    const sut = new HealthRegistry(50);
    sut.add('fine', () => 'lag 3 ms');
    sut.add('silent', async () => {});
    expect(await sut.snapshot()).toMatchObject({ ready: true });
    sut.add('throws', () => {
      throw new Error('no connection');
    });
    sut.add('rejects', () => Promise.reject(new Error('refused')));
    sut.add('hangs', () => new Promise(() => {}));
    expect(await sut.snapshot()).toEqual({
      ready: false,
      checks: [
        { name: 'fine', ok: true, detail: 'lag 3 ms' },
        { name: 'silent', ok: true, detail: 'ok' },
        { name: 'throws', ok: false, detail: 'no connection' },
        { name: 'rejects', ok: false, detail: 'refused' },
        { name: 'hangs', ok: false, detail: 'no answer within 50 ms' },
      ],
    });
    for (const name of ['throws', 'rejects', 'hangs']) sut.remove(name);
    expect((await sut.snapshot()).ready).toBe(true);
  });

  it('should run a check once for all who ask at the same time', async () => {
    const sut = new HealthRegistry();
    let runs = 0;
    sut.add('counted', async () => {
      runs++;
    });
    await Promise.all(Array.from({ length: 20 }, () => sut.snapshot()));
    expect(runs).toBe(1);
    await sut.snapshot();
    expect(runs).toBe(2);
  });
});
