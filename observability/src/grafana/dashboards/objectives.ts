import * as units from '@grafana/grafana-foundation-sdk/units';
import type { Catalogue } from '../../signals/catalogue.js';
import { burnAlertOf, type SloSignal } from '../../signals/slos.js';
import type { DashboardSpec, RowSpec } from '../model/dashboard-spec.js';
import { bars, chart, query } from '../model/panels.js';

/** Adds to a dashboard the objectives that send people to it. */
export function withObjectives(spec: DashboardSpec, { slos }: Pick<Catalogue, 'slos'>): DashboardSpec {
  const kept = slos.filter(({ dashboard }) => dashboard === spec.uid);
  if (kept.length === 0) return spec;
  const [first, ...rest] = spec.rows;
  return { ...spec, rows: [...(first ? [first] : []), objectives(kept), ...rest] };
}

function objectives(slos: readonly SloSignal[]): RowSpec {
  const ids = slos.map(({ id }) => id).join('|');
  const matchers = `{slo=~"${ids}", service=~"$service"}`;
  const promises = slos.map(({ promise }) => promise).join('. ');
  const alerts = slos.map(burnAlertOf);
  const name = nameOf(slos);
  return {
    title: 'Objectives',
    height: 7,
    panels: [
      bars(
        'Error budget left',
        `Share of the failures allowed in 30 days that have not happened yet; below 0 a promise is broken. ${promises}.`,
        units.PercentUnit,
        8,
        [query(name, `slo:error_budget_remaining:ratio${matchers}`)],
        {
          alerts,
          min: -1,
          max: 1,
          thresholds: [
            { value: -1, colour: 'red' },
            { value: 0, colour: 'orange' },
            { value: 0.25, colour: 'green' },
          ],
        },
      ),
      chart(
        'Share of errors',
        'Share of what happened in the last hour that broke a promise.',
        units.PercentUnit,
        8,
        [query(name, `slo:sli_error:ratio_rate1h${matchers}`)],
        { alerts },
      ),
      chart(
        'Burn rate',
        'How fast the error budget goes: 1 uses it up in exactly 30 days, 14.4 within two days and pages.',
        units.NoUnit,
        8,
        [query(name, `slo:sli_error:ratio_rate1h${matchers} / (1 - slo:objective:ratio)`)],
        { alerts, thresholds: [{ value: 14.4, colour: 'red' }] },
      ),
    ],
  };
}

/** Name of a series about objectives; which labels there are depends on the objective, and those it lacks stay empty. */
export function nameOf(slos: readonly SloSignal[]): string {
  const more = [...new Set(slos.flatMap(({ by }) => by))].filter((label) => label !== 'service');
  return `{{slo}} {{service}}${more.map((label) => ` {{${label}}}`).join('')}`;
}
