import { describe, expect, it } from 'vitest';
import { dayOf, formatDay, monthOf, parseDay, weekOf } from './day.domain.js';

describe('days', () => {
  it('should begin at midnight UTC', () => {
    expect(formatDay(dayOf(Date.parse('2026-03-01T23:59:59.999Z')))).toBe('2026-03-01');
    expect(formatDay(dayOf(Date.parse('2026-03-02T00:00:00Z')))).toBe('2026-03-02');
  });

  it.each([
    ['2026-11-16', '2026-11-16'],
    ['2026-11-21', '2026-11-16'],
    ['2026-11-22', '2026-11-16'],
    ['2026-11-23', '2026-11-23'],
    ['2024-03-01', '2024-02-26'],
  ])('should put %s into the week of Monday %s', (day, monday) => {
    expect(formatDay(weekOf(parseDay(day)))).toBe(monday);
  });

  it('should step over months of any length', () => {
    const day = parseDay('2024-03-31');
    expect([-1, 0, 1].map((offset) => formatDay(monthOf(day, offset)))).toEqual([
      '2024-02-01',
      '2024-03-01',
      '2024-04-01',
    ]);
  });
});
