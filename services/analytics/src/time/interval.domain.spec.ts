import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INTERVALS, type Interval } from '#libs/contracts';
import { intervalLabel } from '../../test/local-time.js';
import { seriesOf } from './interval.domain.js';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Days around which clocks change, beside quiet ones. */
const DAYS: [zone: string, at: number][] = [
  ['UTC', Date.UTC(2024, 1, 28)],
  ['Europe/Berlin', Date.UTC(2024, 2, 30)],
  ['Europe/Berlin', Date.UTC(2024, 9, 26)],
  ['America/Sao_Paulo', Date.UTC(2018, 10, 3)],
  ['America/Sao_Paulo', Date.UTC(2019, 1, 16)],
  ['Asia/Kolkata', Date.UTC(2024, 4, 1)],
  ['Asia/Kathmandu', Date.UTC(2024, 4, 1)],
  ['America/St_Johns', Date.UTC(2010, 10, 6)],
  ['America/St_Johns', Date.UTC(2024, 10, 2)],
  ['Australia/Lord_Howe', Date.UTC(2024, 3, 5)],
  ['Australia/Lord_Howe', Date.UTC(2024, 9, 4)],
  ['Pacific/Apia', Date.UTC(2011, 11, 28)],
];

/** Walks the range minute by minute and asks the runtime for the name of each minute's interval. */
function naive(interval: Interval, zone: string, from: number, to: number): Map<string, number> {
  const minutes = new Map<string, number>();
  for (let at = from; at < to; at += MINUTE) {
    const label = intervalLabel(interval, zone, at);
    minutes.set(label, (minutes.get(label) ?? 0) + 1);
  }
  return minutes;
}

describe('seriesOf', () => {
  it('should cut a range as the clock of the zone does', () => {
    const cases = fc.record({
      place: fc.constantFrom(...DAYS),
      interval: fc.constantFrom(...INTERVALS),
      from: fc.integer({ min: 0, max: 1_440 }),
      length: fc.integer({ min: 1, max: 3 * 1_440 }),
    });
    fc.assert(
      fc.property(cases, ({ place: [zone, at], interval, from: offset, length }) => {
        const from = at + offset * MINUTE;
        const to = from + length * MINUTE;
        const { starts, pieces } = seriesOf(interval, zone, from, to);
        const got = new Map(starts.map((start) => [intervalLabel(interval, zone, start), 0]));
        expect(got.size).toBe(starts.length);
        let expected = from;
        for (const piece of pieces) {
          expect(piece.from).toBe(expected);
          expected = piece.to;
          const label = intervalLabel(interval, zone, starts[piece.point]!);
          got.set(label, got.get(label)! + (piece.to - piece.from) / MINUTE);
        }
        expect(expected).toBe(to);
        expect(got).toEqual(naive(interval, zone, from, to));
      }),
      { numRuns: 150 },
    );
  });

  it.each(DAYS)('should start each point in %s at the first minute of its interval', (zone, at) => {
    for (const interval of INTERVALS) {
      for (const start of seriesOf(interval, zone, at, at + 3 * DAY).starts) {
        expect(intervalLabel(interval, zone, start - 1)).not.toBe(intervalLabel(interval, zone, start));
      }
    }
  });

  it('should give one point to a day of 25 hours', () => {
    const { starts, pieces } = seriesOf('day', 'Europe/Berlin', Date.UTC(2024, 9, 26, 22), Date.UTC(2024, 9, 27, 23));
    expect(starts).toEqual([Date.UTC(2024, 9, 26, 22)]);
    expect(pieces.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(25 * 60 * MINUTE);
  });

  it('should begin a week on Monday', () => {
    expect(seriesOf('week', 'UTC', Date.UTC(2024, 0, 3), Date.UTC(2024, 0, 9)).starts).toEqual([
      Date.UTC(2024, 0, 1),
      Date.UTC(2024, 0, 8),
    ]);
  });
});
