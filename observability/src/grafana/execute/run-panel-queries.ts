import type { PanelQuery } from './panel-queries.js';
import { PrometheusQueryError, type PrometheusApi } from './prometheus-api.js';

export interface EmptyPanel {
  readonly query: PanelQuery;
  readonly problem: string;
  /** It is no question Prometheus can answer, whatever there is. */
  readonly isRefused: boolean;
}

/** Asks a Prometheus everything the panels ask. @returns the queries that show nothing, and why */
export async function runPanelQueries(
  prometheus: PrometheusApi,
  queries: readonly PanelQuery[],
): Promise<EmptyPanel[]> {
  const seen = new Map<string, Promise<boolean>>();
  const isThere = (selector: string) => {
    const known = seen.get(selector) ?? prometheus.query(selector).then((samples) => samples.length > 0);
    seen.set(selector, known);
    return known;
  };
  const empty: EmptyPanel[] = [];
  for (const query of queries) {
    try {
      const problem = await problemOf(prometheus, query, isThere);
      if (problem) empty.push({ query, problem, isRefused: false });
    } catch (error) {
      if (!(error instanceof PrometheusQueryError)) throw error;
      empty.push({ query, problem: error.message, isRefused: true });
    }
  }
  return empty;
}

async function problemOf(
  prometheus: PrometheusApi,
  { expr, selectors, exemplars }: PanelQuery,
  isThere: (selector: string) => Promise<boolean>,
): Promise<string | undefined> {
  for (const selector of selectors) if (!(await isThere(selector))) return `no series: ${selector}`;
  const samples = await prometheus.query(expr);
  if (samples.length === 0) return 'nothing comes out';
  if (!samples.some(({ value }) => Number.isFinite(value))) return 'only NaN or infinity comes out';
  if (exemplars && (await prometheus.exemplars(expr)).length === 0) return 'there is no exemplar to show';
  return undefined;
}
