import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CapturePart } from '../../captures/source-driver.js';
import { idBefore, msOfId } from './snowflake.domain.js';
import {
  advance,
  afterPage,
  begin,
  GAP_REASONS,
  OVERLAP_MS,
  planRound,
  readCheckpoint,
  RECENT_MS,
  schedule,
  type Round,
  type XCheckpoint,
} from './x-round.domain.js';

const NOW = Date.UTC(2026, 7, 22, 12, 0, 0, 345);
const MINUTE = 60_000;
const DAY = 86_400_000;
const FRESH = readCheckpoint(null);

const part = (overrides: Partial<CapturePart> = {}): CapturePart => ({
  captureId: 'c',
  partId: 1,
  source: 'x',
  target: '',
  tag: 'tag',
  mode: 'follow',
  everySeconds: null,
  from: null,
  phase: 'backfill',
  checkpoint: null,
  pokes: 0,
  createdAt: new Date(NOW - 1_000),
  budgetMicroUsd: null,
  ...overrides,
});
const idAt = (ms: number) => String(BigInt(idBefore(ms)) + 1n);
const following = (overrides: Partial<XCheckpoint>): XCheckpoint => ({
  ...FRESH,
  seenUpTo: NOW - MINUTE,
  ...overrides,
});

describe('planRound', () => {
  it('should read the last 7 days when nobody says from when on', () => {
    const { round, gaps } = planRound(part(), FRESH, NOW, false)!;
    expect(gaps).toEqual([]);
    expect(round.window).toMatchObject({ sinceId: null, archive: false });
    expect(round.window.startTime! - (NOW - RECENT_MS)).toBeGreaterThan(MINUTE);
    expect(NOW - round.window.endTime).toBeGreaterThanOrEqual(10_000);
    expect(round.window.endTime % 1_000).toBe(0);
  });

  it('should tell of what lies further back unless the archive may be searched', () => {
    const from = new Date(NOW - 30 * DAY);
    const { gaps, round } = planRound(part({ from }), FRESH, NOW, false)!;
    expect(gaps).toEqual([{ from, to: expect.any(Date), reason: GAP_REASONS.tooOld }]);
    expect(Math.abs(gaps[0]!.to.getTime() - round.window.startTime!)).toBeLessThan(1_000);
    const archive = planRound(part({ from }), FRESH, NOW, true)!;
    expect(archive).toMatchObject({ gaps: [], round: { window: { archive: true } } });
    expect(archive.round.window.startTime).toBeLessThanOrEqual(from.getTime());
  });

  it('should ask for nothing while the wanted time has hardly begun', () => {
    expect(planRound(part({ from: new Date(NOW - 5_000) }), FRESH, NOW, false)).toBeNull();
  });

  it('should poll from a minute before the newest post, named by an id', () => {
    const newestAt = NOW - 10 * MINUTE;
    const { round, gaps } = planRound(part(), following({ newestId: idAt(newestAt) }), NOW, false)!;
    expect(gaps).toEqual([]);
    expect(round.window.startTime).toBeNull();
    expect(BigInt(round.window.sinceId!)).toBeLessThan(BigInt(idAt(newestAt - OVERLAP_MS)));
    expect(msOfId(round.window.sinceId!)).toBe(newestAt - OVERLAP_MS - 1);
  });

  it('should not trust a newest post that is newer than what was read completely', () => {
    const seenUpTo = NOW - 20 * MINUTE;
    const { round } = planRound(part(), following({ seenUpTo, newestId: idAt(NOW - MINUTE) }), NOW, false)!;
    expect(msOfId(round.window.sinceId!)).toBe(seenUpTo - OVERLAP_MS - 1);
  });

  it('should make no gap of a quiet tag, whose newest post is too old to be named', () => {
    const { round, gaps } = planRound(part(), following({ newestId: idAt(NOW - 20 * DAY) }), NOW, false)!;
    expect(gaps).toEqual([]);
    expect(round.window).toMatchObject({ sinceId: null });
    expect(NOW - MINUTE - round.window.startTime!).toBeLessThanOrEqual(OVERLAP_MS + 1_000);
  });

  it('should make a gap of an absence that is longer than X remembers', () => {
    const seenUpTo = NOW - 8 * DAY;
    const { round, gaps } = planRound(part(), following({ seenUpTo, newestId: idAt(seenUpTo) }), NOW, false)!;
    expect(gaps).toEqual([{ from: new Date(seenUpTo), to: expect.any(Date), reason: GAP_REASONS.tooOld }]);
    expect(round.window.startTime! - (NOW - RECENT_MS)).toBeGreaterThan(MINUTE);
  });

  it('should go on below what it has read when the beginning of a long search leaves the 7 days', () => {
    const { round } = planRound(part(), FRESH, NOW, false)!;
    const half = advance(round, {
      newestId: idAt(NOW - MINUTE),
      oldestId: idAt(NOW - DAY),
      nextToken: 't',
      resultCount: 9,
    });
    const state = afterPage(FRESH, half, true);
    const soon = planRound(part(), state, NOW + MINUTE, false)!;
    expect(soon).toEqual({ round: state.round, gaps: [] });
    const late = planRound(part(), state, NOW + DAY, false)!;
    expect(late.gaps).toHaveLength(1);
    expect(late.round).toMatchObject({
      nextToken: null,
      window: { untilId: idAt(NOW - DAY), endTime: round.window.endTime },
    });
    expect(late.round.window.startTime).toBeGreaterThan(NOW + DAY - RECENT_MS);
  });
});

describe('advance', () => {
  /** X with posts of these ids, pages of this size, and tokens that name where a page begins. */
  function read(ids: bigint[], size: number, start: Round, broken: (page: number) => boolean) {
    const seen = new Set<bigint>();
    let round = start;
    let last: string | null | undefined;
    for (let page = 0; page < 500; page++) {
      expect(last === null).toBe(false);
      const below = round.window.untilId === null ? ids : ids.filter((id) => id < BigInt(round.window.untilId!));
      const at = round.nextToken === null ? 0 : Number(round.nextToken.split('.')[1]);
      const question = round.window.untilId ?? 'all';
      if (round.nextToken !== null) expect(round.nextToken.split('.')[0]).toBe(question);
      const from = broken(page) ? Math.max(0, at - size) : at;
      const found = below.slice(from, from + size);
      for (const id of found) seen.add(id);
      const token = from + size < below.length ? `${question}.${from + size}` : null;
      last = token;
      const step = advance(round, {
        newestId: found[0]?.toString() ?? null,
        oldestId: found.at(-1)?.toString() ?? null,
        nextToken: token,
        resultCount: found.length,
      });
      round = step.round;
      if (step.complete) return { seen, round, gaps: step.gaps };
      last = undefined;
    }
    throw new Error('the search never ended');
  }
  const fresh = () => planRound(part(), FRESH, NOW, false)!.round;
  const idsArbitrary = fc
    .uniqueArray(fc.bigInt({ min: BigInt(idAt(NOW - 5 * DAY)), max: BigInt(idAt(NOW - MINUTE)) }), { maxLength: 120 })
    .map((ids) => ids.sort((a, b) => (a < b ? 1 : -1)));

  it('should read every post of a search, end with its last page and remember the newest of the first', () => {
    fc.assert(
      fc.property(idsArbitrary, fc.integer({ min: 1, max: 30 }), (ids, size) => {
        const { seen, round, gaps } = read(ids, size, fresh(), () => false);
        expect(seen.size).toBe(ids.length);
        expect(gaps).toEqual([]);
        const state = afterPage(FRESH, { round, complete: true, gaps: [] }, true);
        expect(state).toMatchObject({
          round: null,
          newestId: ids[0]?.toString() ?? null,
          seenUpTo: round.window.endTime,
        });
        expect(state.verify).toMatchObject({ found: ids.length });
      }),
    );
  });

  it('should read every post although some pages come again', () => {
    fc.assert(
      fc.property(
        idsArbitrary,
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.boolean(), { maxLength: 12 }),
        (ids, size, repeats) => {
          const { seen, gaps } = read(
            ids,
            size,
            fresh(),
            (page) => repeats[page] === true && repeats[page - 1] !== true,
          );
          if (gaps.length === 0) expect(seen.size).toBe(ids.length);
        },
      ),
    );
  });

  it('should end with a gap when X repeats the same page for ever', () => {
    let round = fresh();
    for (let page = 0; page < 20; page++) {
      const step = advance(round, {
        newestId: idAt(NOW - MINUTE),
        oldestId: idAt(NOW - DAY),
        nextToken: `t${page}`,
        resultCount: 10,
      });
      round = step.round;
      if (!step.complete) continue;
      expect(step.gaps).toMatchObject([{ reason: GAP_REASONS.stalled, to: new Date(NOW - DAY) }]);
      return;
    }
    expect.unreachable();
  });

  it('should bear some empty pages, as X gives them when posts are hidden', () => {
    let round = fresh();
    for (let page = 0; page < 9; page++) {
      const step = advance(round, { newestId: null, oldestId: null, nextToken: `t${page}`, resultCount: 0 });
      expect(step).toMatchObject({ complete: false, gaps: [] });
      round = step.round;
    }
  });
});

describe('schedule', () => {
  const EVERY = 15 * MINUTE;
  /** One poll after the other, each with the number of pokes known when it begins; what comes after each. */
  const polls = (pokes: number[], everyMs = EVERY) => {
    let state = following({ seenUpTo: NOW - 3 * MINUTE });
    return pokes.map((count) => {
      const planned = schedule(begin(state, count), everyMs);
      state = planned.state;
      return planned.nextAfterMs;
    });
  };

  it('should poll again soon after a poll that was asked for out of turn, once', () => {
    expect(polls([0, 1, 1, 1])).toEqual([EVERY, 30_000, EVERY, EVERY]);
  });

  it('should poll again soon after each such poll, also when one is asked for before the other was followed up', () => {
    expect(polls([1, 2, 5, 5])).toEqual([30_000, 30_000, 30_000, EVERY]);
  });

  it('should poll again soon after the very first', () => {
    expect(schedule(begin(FRESH, 0), EVERY).nextAfterMs).toBe(30_000);
  });

  it('should not forget that it was asked while a search is read', () => {
    const { round } = planRound(part(), FRESH, NOW, false)!;
    const reading = { ...begin(following({ seenUpTo: NOW }), 1), round };
    expect(schedule(begin(reading, 1), EVERY).nextAfterMs).toBe(30_000);
  });

  it('should keep to an interval that is short enough', () => {
    expect(polls([0, 1], 10_000)).toEqual([10_000, 10_000]);
  });
});

describe('snowflake ids', () => {
  it('should give back the time they were made from', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2010, 10, 5), max: Date.UTC(2080, 0, 1) }), (ms) => {
        expect(msOfId(idAt(ms))).toBe(ms);
        expect(msOfId(idBefore(ms))).toBe(ms - 1);
      }),
    );
    expect(msOfId('20')).toBeNull();
  });
});
