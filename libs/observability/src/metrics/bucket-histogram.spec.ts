import fc from 'fast-check';
import { Histogram } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { newContext } from '../context/trace-context.js';
import { BucketHistogram } from './bucket-histogram.js';

const BOUNDS = [0.005, 0.1, 1, 10];

describe('BucketHistogram', () => {
  it("should count as prom-client's histogram does", async () => {
    const values = fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.oneof(fc.constantFrom(...BOUNDS), fc.double({ noNaN: true, noDefaultInfinity: true, min: -1, max: 20 })))); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(values, async (observations) => {
        const theirs = new Histogram({
          name: 'x_seconds',
          help: 'x',
          labelNames: ['of'],
          buckets: BOUNDS,
          registers: [],
        });
        const sut = new BucketHistogram('x_seconds', 'x', ['of'], BOUNDS);
        const sets = { a: { of: 'a' }, b: { of: 'b' } };
        for (const [of, value] of observations) {
          theirs.observe({ of }, value);
          sut.of(sets[of as 'a' | 'b']).observe(value, undefined);
        }
        const shown = (family: { values: { metricName?: string; labels: object; value: number }[] }) =>
          family.values.map(({ metricName, labels, value }) => ({ metricName, labels, value }));
        expect(shown(await sut.get())).toEqual(shown(await theirs.get()));
      }),
      { numRuns: 50 },
    );
  });

  it('should keep the trace of the latest value of each bucket', async () => {
    const sut = new BucketHistogram('x_seconds', 'x', [], BOUNDS);
    const [first, second, slow] = [newContext(), newContext(), newContext()];
    const series = sut.of({});
    series.observe(0.05, first);
    series.observe(0.06, second);
    series.observe(99, slow);
    series.observe(0.5, { ...newContext(), traceId: 'not an id' });
    const { values } = await sut.getForPromString();
    expect(values.map(({ exemplar }) => exemplar && [exemplar.labelSet['trace_id'], exemplar.value])).toEqual([
      null,
      [second.traceId, 0.06],
      null,
      null,
      [slow.traceId, 99],
      undefined,
      undefined,
    ]);
  });

  it('should leave out what is no number', async () => {
    const sut = new BucketHistogram('x_seconds', 'x', [], BOUNDS);
    for (const value of [Number.NaN, Infinity, -Infinity]) sut.of({}).observe(value, undefined);
    const { values } = await sut.get();
    expect(values.every(({ value }) => value === 0)).toBe(true);
  });

  it('should begin anew where somebody holds on to a series', async () => {
    const sut = new BucketHistogram('x_seconds', 'x', [], BOUNDS);
    const series = sut.of({});
    series.observe(1, newContext());
    sut.reset();
    series.observe(2, undefined);
    expect((await sut.get()).values.at(-1)).toMatchObject({ metricName: 'x_seconds_count', value: 1 });
  });
});
