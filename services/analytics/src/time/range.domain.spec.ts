import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitRange } from './range.domain.js';

const end = fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined });

describe('splitRange', () => {
  it('should cover every instant of the range exactly once', () => {
    fc.assert(
      fc.property(end, end, fc.integer({ min: 1, max: 30 }), (from, to, unit) => {
        fc.pre(from === undefined || to === undefined || from <= to);
        const { body, edges } = splitRange({ from, to }, unit);
        for (let at = 0; at < 300; at++) {
          const inBody =
            body !== undefined &&
            (body.from === undefined || Math.floor(at / unit) >= body.from) &&
            (body.to === undefined || Math.floor(at / unit) < body.to);
          const hits = (inBody ? 1 : 0) + edges.filter((edge) => edge.from <= at && at < edge.to).length;
          const wanted = (from === undefined || at >= from) && (to === undefined || at < to);
          expect([at, hits]).toEqual([at, wanted ? 1 : 0]);
        }
      }),
    );
  });

  it('should leave nothing to the facts when the ends lie on whole units', () => {
    expect(splitRange({ from: 20, to: 40 }, 10)).toEqual({ body: { from: 2, to: 4 }, edges: [] });
  });

  it('should give less than a unit to the facts', () => {
    expect(splitRange({ from: 21, to: 29 }, 10)).toEqual({ body: undefined, edges: [{ from: 21, to: 29 }] });
  });
});
