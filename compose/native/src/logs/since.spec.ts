import { describe, expect, it } from 'vitest';
import { instantOf } from './since.js';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');

describe(instantOf.name, () => {
  it.each([
    ['90s', '2026-03-01T11:58:30.000Z'],
    ['15m', '2026-03-01T11:45:00.000Z'],
    ['2h', '2026-03-01T10:00:00.000Z'],
    ['1d', '2026-02-28T12:00:00.000Z'],
    ['2026-03-01', '2026-03-01T00:00:00.000Z'],
    ['2026-03-01 10:30', '2026-03-01T10:30:00.000Z'],
    ['2026-03-01T10:30:00.5', '2026-03-01T10:30:00.500Z'],
    ['2026-03-01T10:30:00+02:00', '2026-03-01T08:30:00.000Z'],
    ['2026-03-01T10:30:00Z', '2026-03-01T10:30:00.000Z'],
  ])('should read %s', (text, instant) => {
    expect(instantOf(text, NOW)).toBe(instant);
  });

  it.each(['', '10', 'm', '10w', 'yesterday', '2026-13-01', '12:00'])('should not guess what %j means', (text) => {
    expect(instantOf(text, NOW)).toBeUndefined();
  });
});
