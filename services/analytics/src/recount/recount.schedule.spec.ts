import { describe, expect, it } from 'vitest';
import { untilHour } from './recount.schedule.js';

describe('untilHour', () => {
  it.each([
    ['2024-05-01T02:30:00Z', 0.5],
    ['2024-05-01T03:00:00Z', 24],
    ['2024-05-01T04:00:00Z', 23],
  ])('should wait from %s until three', (now, hours) => {
    expect(untilHour(3, Date.parse(now)) / 3_600_000).toBe(hours);
  });
});
