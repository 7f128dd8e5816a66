import type { PanelSpec, QuerySpec } from './dashboard-spec.js';

type Extras = Partial<Omit<PanelSpec, 'kind' | 'title' | 'description' | 'unit' | 'width' | 'queries'>>;

/** A panel without its kind, in the order one reads it: what, why, unit, how wide, from which queries. */
function panel(kind: PanelSpec['kind']) {
  return (
    title: string,
    description: string,
    unit: string,
    width: number,
    queries: readonly QuerySpec[],
    extras: Extras = {},
  ): PanelSpec => ({ kind, title, description, unit, width, queries, ...extras });
}

export const chart = panel('timeseries');
export const stat = panel('stat');
export const table = panel('table');
export const bars = panel('bargauge');

export function query(legend: string, expr: string): QuerySpec {
  return { expr, legend };
}

/** Median and tails of a latency; the dots over them are single requests. */
export function percentiles(of: (q: number) => string, legend = ''): QuerySpec[] {
  const name = (q: string) => (legend === '' ? q : `${legend} ${q}`);
  return [
    { expr: of(0.5), legend: name('p50') },
    { expr: of(0.95), legend: name('p95'), exemplars: true },
    { expr: of(0.99), legend: name('p99') },
  ];
}

/** One tail of a latency per series, with dots of single requests. */
export function tail(legend: string, expr: string): QuerySpec[] {
  return [{ expr, legend, exemplars: true }];
}
