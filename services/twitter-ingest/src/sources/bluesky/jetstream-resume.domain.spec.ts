import { describe, expect, it } from 'vitest';
import { gapBetween, readCursor, resumeAt } from './jetstream-resume.domain.js';

const NOW = Date.UTC(2026, 10, 21, 12);
const HERE = 'wss://one.example/subscribe';
const SECOND_US = 1_000_000;

describe('where a stream is resumed', () => {
  const cursor = { endpoint: HERE, timeUs: (NOW - 3_600_000) * 1_000 };

  it('should go back a little on the same instance, and more on another one', () => {
    expect(cursor.timeUs - resumeAt(cursor, HERE, null, NOW)).toBe(5 * SECOND_US);
    expect(cursor.timeUs - resumeAt(cursor, 'wss://two.example/subscribe', null, NOW)).toBe(60 * SECOND_US);
  });

  it('should begin two minutes ago when nobody has read it before', () => {
    expect(resumeAt(null, HERE, new Date(NOW), NOW)).toBe((NOW - 120_000) * 1_000);
  });

  it('should not go back further than the captures that follow it now', () => {
    expect(resumeAt(cursor, HERE, new Date(NOW - 600_000), NOW)).toBe((NOW - 720_000) * 1_000);
    expect(resumeAt(cursor, HERE, new Date(NOW - 9_999_999_999), NOW)).toBe(cursor.timeUs - 5 * SECOND_US);
  });

  it.each([
    null,
    {},
    { endpoint: 1, timeUs: 2 },
    { endpoint: HERE, timeUs: '2' },
    { endpoint: HERE, timeUs: 1.5 },
    'x',
  ])('should take %j for no cursor', (stored) => {
    expect(readCursor(stored)).toBeNull();
  });

  it('should take a minute without any event of the network for a gap, and less for none', () => {
    expect(gapBetween(cursor.timeUs, cursor.timeUs + 60 * SECOND_US)).toBeNull();
    expect(gapBetween(cursor.timeUs, cursor.timeUs + 61 * SECOND_US)).toEqual({
      from: new Date(NOW - 3_600_000),
      to: new Date(NOW - 3_600_000 + 61_000),
    });
  });
});
