import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QUARTER_MS } from '../codes.domain.js';
import { pieceAt, planBuckets } from './bucket-plan.domain.js';

const MINUTE = 60_000;
const lengths = fc.array(fc.constantFrom(1, 7, 15, 30, 45, 60, 60, 90, 1_440), { minLength: 1, maxLength: 40 });

describe('planBuckets', () => {
  it('should read every post once and assign it to its own piece', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), lengths, fc.boolean(), (start, minutes, factsOnly) => {
        let at = start * MINUTE;
        const pieces = minutes.map((length) => ({ from: at, to: (at += length * MINUTE) }));
        const plan = planBuckets(pieces, factsOnly);
        const reads = new Map<number, number>();
        for (let bucket = plan.buckets?.from ?? 0; bucket < (plan.buckets?.to ?? 0); bucket++) {
          if (plan.dirty.includes(bucket)) continue;
          const cell = Math.floor((bucket - plan.origin) / plan.size);
          const first = Math.max((plan.origin + cell * plan.size) * QUARTER_MS, pieces[0]!.from);
          for (let minute = 0; minute < 15; minute++) {
            const post = bucket * QUARTER_MS + minute * MINUTE;
            expect(pieceAt(pieces, first)).toBe(pieceAt(pieces, post));
            reads.set(post, (reads.get(post) ?? 0) + 1);
          }
        }
        for (const { from, to } of plan.facts) {
          for (let post = from; post < to; post += MINUTE) reads.set(post, (reads.get(post) ?? 0) + 1);
        }
        for (let post = pieces[0]!.from; post < at; post += MINUTE) expect([post, reads.get(post)]).toEqual([post, 1]);
        expect(reads.size).toBe((at - pieces[0]!.from) / MINUTE);
      }),
    );
  });

  it('should read whole days as one cell each', () => {
    const day = 96 * QUARTER_MS;
    const plan = planBuckets(
      [0, 1, 2].map((n) => ({ from: n * day + 12 * QUARTER_MS, to: (n + 1) * day + 12 * QUARTER_MS })),
    );
    expect(plan).toMatchObject({ origin: 12, size: 96, dirty: [], facts: [] });
  });

  it('should read nothing for no pieces', () => {
    expect(planBuckets([]).buckets).toBeUndefined();
  });
});
