import { targetsOf, variablesOf, type DashboardJson } from '../lint/dashboard-json.js';
import { fillMacros } from '../lint/promql/macros.js';
import { selectorsIn } from '../lint/promql/parse.js';

/** A query of a panel as Prometheus gets it when every variable is set to all. */
export interface PanelQuery {
  readonly dashboard: string;
  readonly panel: string;
  readonly refId: string;
  readonly expr: string;
  /** The plain selectors in it: each must have series of its own, or `or` hides that one has none. */
  readonly selectors: readonly string[];
  readonly exemplars: boolean;
}

export interface Durations {
  readonly rateInterval: string;
  readonly range: string;
}

export function panelQueries(dashboard: DashboardJson, { rateInterval, range }: Durations): PanelQuery[] {
  const variables = Object.fromEntries(variablesOf(dashboard).map(({ name, allValue }) => [name, allValue ?? '']));
  return targetsOf(dashboard).map(({ panel, target, expr: text }) => {
    const expr = fillMacros(text, { rateInterval, range, interval: rateInterval, variables });
    return {
      dashboard: dashboard.uid,
      panel: panel.title ?? '',
      refId: target.refId ?? '',
      expr,
      selectors: [...new Set(selectorsIn(expr).map((selector) => selector.text))],
      exemplars: target.exemplar ?? false,
    };
  });
}
