import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offsetAt, segmentsOf } from './zone.domain.js';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/Sao_Paulo',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Pacific/Apia',
  'Africa/Monrovia',
];
const instant = fc.integer({ min: 0, max: Date.UTC(2040, 0) });
const zone = fc.constantFrom(...ZONES);

describe('segmentsOf', () => {
  it('should give the offset of the runtime at every instant, without gaps', () => {
    fc.assert(
      fc.property(
        zone,
        instant,
        fc.integer({ min: 1, max: 3 * 366 * 86_400_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (tz, from, length, at) => {
          const segments = segmentsOf(tz, from, from + length);
          expect(segments[0]!.from).toBe(from);
          expect(segments.at(-1)!.to).toBe(from + length);
          segments.slice(1).forEach((segment, i) => {
            expect(segment.from).toBe(segments[i]!.to);
            expect(segment.offset).not.toBe(segments[i]!.offset);
          });
          const probe = Math.min(from + Math.floor(at * length), from + length - 1);
          const holder = segments.find((segment) => segment.from <= probe && probe < segment.to)!;
          expect(holder.offset).toBe(offsetAt(tz, probe));
        },
      ),
    );
  });

  it('should find the very second of a change', () => {
    const [summer, winter] = segmentsOf('Europe/Berlin', Date.UTC(2024, 9, 1), Date.UTC(2024, 10, 1));
    expect(summer).toEqual({ from: Date.UTC(2024, 9, 1), to: Date.UTC(2024, 9, 27, 1), offset: 7_200_000 });
    expect(winter!.offset).toBe(3_600_000);
  });

  it('should know a change that is not on a quarter of an hour', () => {
    // Newfoundland put its clocks back at 00:01 until 2011.
    const [, standard] = segmentsOf('America/St_Johns', Date.UTC(2010, 10, 1), Date.UTC(2010, 11, 1));
    expect(standard!.from).toBe(Date.UTC(2010, 10, 7, 2, 31));
  });

  it('should give nothing for an empty range', () => {
    expect(segmentsOf('UTC', 5, 5)).toEqual([]);
  });
});
