import { describe, expect, it } from 'vitest';
import { nextCapReset, usageOf } from './x-usage.domain.js';

describe('nextCapReset', () => {
  it.each([
    [19, '2026-11-10T12:00:00Z', '2026-11-19'],
    [19, '2026-11-19T00:00:00Z', '2026-12-19'],
    [19, '2026-12-20T00:00:00Z', '2027-01-19'],
    [31, '2026-02-10T00:00:00Z', '2026-02-28'],
    [31, '2026-02-28T00:00:00Z', '2026-03-31'],
    [30, '2028-02-01T00:00:00Z', '2028-02-29'],
  ])('should find day %i after %s on %s', (day, now, expected) => {
    expect(nextCapReset(day, new Date(now)).toISOString()).toBe(`${expected}T00:00:00.000Z`);
  });
});

describe('usageOf', () => {
  const now = new Date('2026-11-10T00:00:00Z');

  it('should read figures that are strings', () => {
    const data = { cap_reset_day: 19, project_cap: '3000000', project_id: '7', project_usage: '1500' };
    expect(usageOf({ data }, now)).toEqual({ cap: 3_000_000, used: 1_500, capResetDay: 19, capResetAt: new Date('2026-11-19') }); // prettier-ignore
  });

  it.each([null, {}, { data: {} }, { data: { cap_reset_day: 0, project_cap: 1, project_usage: 1 } }])('should refuse %j', (body) => {
    expect(usageOf(body, now)).toBeNull();
  }); // prettier-ignore
});
