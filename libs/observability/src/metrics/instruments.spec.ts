import { describe, expect, it } from 'vitest';
import { newContext, runInContext } from '../context/trace-context.js';
import { counter, gauge, histogram } from './instruments.js';
import { renderMetrics } from './render-metrics.js';

const OPENMETRICS = 'application/openmetrics-text';

async function lines(prefix: string, accept?: string): Promise<string[]> {
  const { body } = await renderMetrics(accept);
  return body.split('\n').filter((line) => line.startsWith(prefix));
}

describe('counter', () => {
  it('should count, by label values', async () => {
    const sut = counter({ name: 'spec_apples_total', help: 'Apples.', labelNames: ['color', 'ripe'] });
    sut.inc({ color: 'red', ripe: true });
    sut.inc({ ripe: true, color: 'red' }, 2.5);
    sut.inc({ color: 'a"b\\c\nd' });
    expect(await lines('spec_apples')).toEqual([
      'spec_apples_total{color="red",ripe="true"} 3.5',
      'spec_apples_total{color="a\\"b\\\\c\\nd",ripe=""} 1',
    ]);
  });

  it('should keep its name in both forms, in any order', async () => {
    counter({ name: 'spec_pears_total', help: 'Pears.' }).inc();
    const text = ['# HELP spec_pears_total Pears.', '# TYPE spec_pears_total counter', 'spec_pears_total 1'];
    const openMetrics = ['# HELP spec_pears Pears.', '# TYPE spec_pears counter', 'spec_pears_total 1'];
    const ours = async (accept?: string) =>
      (await renderMetrics(accept)).body.split('\n').filter((line) => line.includes('spec_pears'));
    expect(await ours()).toEqual(text);
    expect(await ours(OPENMETRICS)).toEqual(openMetrics);
    expect(await ours()).toEqual(text);
  });

  it('should ignore what is not a step up', async () => {
    const sut = counter({ name: 'spec_plums_total', help: 'Plums.' });
    for (const by of [-1, Number.NaN, Infinity]) sut.inc({}, by);
    expect(await lines('spec_plums_total')).toEqual(['spec_plums_total 0']);
  });

  it('should be the same when it is declared the same way again', async () => {
    const declare = () => counter({ name: 'spec_figs_total', help: 'Figs.', labelNames: ['size'] });
    expect(declare()).toBe(declare());
    expect(() => counter({ name: 'spec_figs_total', help: 'Figs.' })).toThrow('is already a counter');
    expect(() => gauge({ name: 'spec_figs_total', help: 'Figs.', labelNames: ['size'] })).toThrow(
      'is already a counter',
    );
  });

  it.each([
    ['no _total', 'spec_x', 'X.', []],
    ['camel case', 'specX_total', 'X.', []],
    ['milliseconds', 'spec_x_milliseconds_total', 'X.', []],
    ['ms', 'spec_x_ms_total', 'X.', []],
    ['no help', 'spec_x_total', ' ', []],
    ['a label of the scrape', 'spec_x_total', 'X.', ['instance']],
    ['a label of Prometheus', 'spec_x_total', 'X.', ['le']],
    ['a label with a dash', 'spec_x_total', 'X.', ['a-b']],
  ])('should refuse a declaration with %s', (_what, name, help, labelNames) => {
    expect(() => counter({ name, help, labelNames })).toThrow(
      expect.objectContaining({ code: 'METRICS.BAD_DECLARATION' }),
    );
  });
});

describe('cardinality cap', () => {
  it('should keep the series of ten thousand label values bounded, and count the rest', async () => {
    const sut = counter({ name: 'spec_paths_total', help: 'Paths.', labelNames: ['path'] });
    for (let index = 0; index < 10_000; index++) sut.inc({ path: `/wp-admin/${index}` });
    const series = await lines('spec_paths_total{');
    expect(series).toHaveLength(501);
    expect(series.at(-1)).toBe('spec_paths_total{path="__overflow__"} 9500');
    expect(await lines('metrics_cardinality_overflow_total{metric="spec_paths_total"}')).toEqual([
      'metrics_cardinality_overflow_total{metric="spec_paths_total"} 9500',
    ]);
    sut.inc({ path: '/wp-admin/0' });
    expect(await lines('spec_paths_total{path="/wp-admin/0"}')).toEqual(['spec_paths_total{path="/wp-admin/0"} 2']);
  });

  it('should cut long values', async () => {
    const sut = gauge({ name: 'spec_long', help: 'Long.', labelNames: ['value'] });
    sut.set({ value: 'x'.repeat(1_000_000) }, 1);
    expect((await lines('spec_long{'))[0]!.length).toBeLessThan(300);
  });
});

describe('gauge', () => {
  it('should be set, moved and removed', async () => {
    const sut = gauge({ name: 'spec_depth', help: 'Depth.', labelNames: ['queue'] });
    sut.set({ queue: 'a' }, 5);
    sut.inc({ queue: 'a' }, 2);
    sut.dec({ queue: 'a' });
    sut.set({ queue: 'a' }, Number.NaN);
    sut.set({ queue: 'b' }, 1);
    sut.remove({ queue: 'b' });
    expect(await lines('spec_depth{')).toEqual(['spec_depth{queue="a"} 6']);
  });

  it('should be asked before each scrape, and left out when asking fails', async () => {
    let asked = 0;
    gauge({ name: 'spec_asked', help: 'Asked.', collect: (sut) => sut.set({}, ++asked) });
    gauge({
      name: 'spec_broken',
      help: 'Broken.',
      collect: () => {
        throw new Error('cannot tell');
      },
    });
    await renderMetrics();
    expect(await lines('spec_asked ')).toEqual(['spec_asked 2']);
    expect(await lines('spec_broken')).toEqual([]);
    expect((await lines('metrics_collect_errors_total{metric="spec_broken"}'))[0]).toMatch(/ [1-9]/);
  });
});

describe('histogram', () => {
  const sut = histogram({
    name: 'spec_wait_seconds',
    help: 'Wait.',
    labelNames: ['kind'],
    buckets: [0.5, 1, 3_600, 2_000_000],
  });

  it('should sort values into buckets, with bounds in the form that Prometheus 2 and 3 agree on', async () => {
    for (const value of [0.1, 0.5, 0.7, 4_000, 9e9, Number.NaN]) sut.observe({ kind: 'a' }, value);
    expect(await lines('spec_wait_seconds')).toEqual([
      'spec_wait_seconds_bucket{le="0.5",kind="a"} 2',
      'spec_wait_seconds_bucket{le="1.0",kind="a"} 3',
      'spec_wait_seconds_bucket{le="3600.0",kind="a"} 3',
      'spec_wait_seconds_bucket{le="2e+06",kind="a"} 4',
      'spec_wait_seconds_bucket{le="+Inf",kind="a"} 5',
      'spec_wait_seconds_sum{kind="a"} 9000004001.3',
      'spec_wait_seconds_count{kind="a"} 5',
    ]);
  });

  it('should show the trace of the latest value, in OpenMetrics only', async () => {
    const context = newContext();
    runInContext(context, () => sut.observe({ kind: 'b' }, 0.3));
    sut.with({ kind: 'b' }).observe(0.9, context);
    sut.with({ kind: 'b' }).observe(99, { ...context, traceId: 'x'.repeat(500) });
    const shown = (await lines('spec_wait_seconds_bucket', OPENMETRICS)).filter((line) => line.includes('"b"'));
    const exemplar = `# {trace_id="${context.traceId}",span_id="${context.spanId}"}`;
    expect(shown[0]).toMatch(
      new RegExp(`^spec_wait_seconds_bucket{le="0.5",kind="b"} 1 ${exemplar} 0.3 \\d+(\\.\\d+)?$`),
    );
    expect(shown[1]).toContain(`${exemplar} 0.9 `);
    expect(shown[2]).not.toContain('#');
    expect((await renderMetrics()).body).not.toContain('trace_id=');
  });
});
