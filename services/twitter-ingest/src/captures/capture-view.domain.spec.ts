import { describe, expect, it } from 'vitest';
import { overdueOf, seenUpToOf } from './capture-view.domain.js';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000);
const orNull = (seconds: number | null) => (seconds === null ? null : at(seconds));

const part = (seen: number | null, polled: number | null, phase: 'backfill' | 'follow' = 'follow') => ({
  phase,
  seen_up_to: orNull(seen),
  polled_at: orNull(polled),
});
const stream = (seen: number | null, hole: number | null) => ({ seen_up_to: orNull(seen), hole_until: orNull(hole) });

describe(seenUpToOf.name, () => {
  it('should go by the steps where there is no stream, or one that has seen nothing yet', () => {
    expect(seenUpToOf(part(3, 3), undefined)).toEqual(at(3));
    expect(seenUpToOf(part(null, null), undefined)).toBeNull();
    expect(seenUpToOf(part(3, 3), stream(null, null))).toEqual(at(3));
  });

  it('should go by the stream once a step has read what was before it', () => {
    expect(seenUpToOf(part(470, 501), stream(1_000, 500))).toEqual(at(1_000));
  });

  it('should not count on a stream while the hole before it is open', () => {
    expect(seenUpToOf(part(300, 499), stream(1_000, 500))).toEqual(at(300));
    expect(seenUpToOf(part(300, null), stream(1_000, 500))).toEqual(at(300));
  });

  it('should go by a stream that fills its own holes', () => {
    expect(seenUpToOf(part(300, 300), stream(1_000, null))).toEqual(at(1_000));
    expect(seenUpToOf(part(null, 300), stream(1_000, null))).toEqual(at(1_000));
  });

  it('should say nothing of a part that still reads the past', () => {
    expect(seenUpToOf(part(null, null, 'backfill'), stream(1_000, null))).toBeNull();
  });

  it('should never step back behind a step', () => {
    expect(seenUpToOf(part(1_200, 1_200), stream(1_000, 500))).toEqual(at(1_200));
  });
});

describe(overdueOf.name, () => {
  it('should begin to count when a part should have been read again', () => {
    expect(overdueOf(3_500, 3_600)).toBe(0);
    expect(overdueOf(3_700, 3_600)).toBe(100);
  });

  it('should take a part without a plan for one that is read all the time', () => {
    expect(overdueOf(70, null)).toBe(70);
  });
});
