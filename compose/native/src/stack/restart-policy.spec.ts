import { describe, expect, it } from 'vitest';
import { RestartPolicy } from './restart-policy.js';

describe('RestartPolicy', () => {
  it('should wait longer each time and give up at the fifth end within a minute', () => {
    const sut = new RestartPolicy();
    const decisions = [0, 1_000, 3_000, 7_000, 15_000].map((now) => sut.onEnd(now, 0));
    expect(decisions).toEqual([
      { action: 'restart', delayMs: 1_000 },
      { action: 'restart', delayMs: 2_000 },
      { action: 'restart', delayMs: 4_000 },
      { action: 'restart', delayMs: 8_000 },
      { action: 'give-up' },
    ]);
  });

  it('should never wait longer than 30 s', () => {
    const sut = new RestartPolicy();
    const delays = Array.from({ length: 12 }, (_, i) => sut.onEnd(i * 50_000, 20_000));
    expect(delays.at(-1)).toEqual({ action: 'restart', delayMs: 30_000 });
  });

  it('should begin with short delays again after a long run', () => {
    const sut = new RestartPolicy();
    sut.onEnd(0, 0);
    sut.onEnd(1_000, 0);
    expect(sut.onEnd(100_000, 90_000)).toEqual({ action: 'restart', delayMs: 1_000 });
  });

  it('should forget everything on reset', () => {
    const sut = new RestartPolicy();
    [0, 1, 2, 3].forEach((now) => sut.onEnd(now, 0));
    sut.reset();
    expect(sut.onEnd(4, 0)).toEqual({ action: 'restart', delayMs: 1_000 });
  });
});
