import type { GeneratedFile } from '../generated-file.js';
import type { Catalogue } from '../signals/catalogue.js';
import { burnAlertOf, type SloSignal } from '../signals/slos.js';
import { annotationsOf } from './annotations.js';
import { type Rule, type RuleGroup, RULES } from './rule-file.js';
import { yamlFile } from './yaml-file.js';

export interface BurnWindow {
  readonly long: string;
  readonly short: string;
  /** How many times faster than allowed over 30 days the errors have to come. */
  readonly factor: number;
  readonly for: string;
  readonly severity: 'page' | 'ticket';
}

/**
 * 2 % of the budget of 30 days in an hour, 5 % in six, 10 % in a day, 10 % in three (Google's SRE workbook, chapter 5; the
 * same factors as in sloth and in the mixin of Kubernetes).
 */
export const BURN_WINDOWS: readonly BurnWindow[] = [
  { long: '1h', short: '5m', factor: 14.4, for: '2m', severity: 'page' },
  { long: '6h', short: '30m', factor: 6, for: '15m', severity: 'page' },
  { long: '1d', short: '2h', factor: 3, for: '1h', severity: 'ticket' },
  { long: '3d', short: '6h', factor: 1, for: '3h', severity: 'ticket' },
];

/** Seconds between two evaluations: every sample of the rates stands for as much time. */
export const SLO_INTERVAL_SECONDS = 30;

/** Below the 5 minutes for which Prometheus takes a sample for the present: at these a series would have gaps. */
const LONG_INTERVAL = '3m';

const SHORT_WINDOWS = ['30m', '1h', '2h', '6h'];
const LONG_WINDOWS = ['1d', '3d', '30d'];

/** The groups of rules/slo.yml: two for each objective, as sums over days change slowly and take long. */
export function sloGroups({ slos }: Pick<Catalogue, 'slos'>): RuleGroup[] {
  return slos.flatMap((slo) => [
    {
      name: `slo-${slo.id}`,
      interval: `${SLO_INTERVAL_SECONDS}s`,
      rules: [...indicatorRules(slo), ...ratios(slo, SHORT_WINDOWS), ...alertsOf(slo, 'page')],
    },
    {
      name: `slo-${slo.id}-long`,
      interval: LONG_INTERVAL,
      rules: [...ratios(slo, LONG_WINDOWS), ...budgetRules(slo), ...alertsOf(slo, 'ticket')],
    },
  ]);
}

export function sloRulesFile(catalogue: Catalogue): GeneratedFile {
  return yamlFile(`${RULES}/slo.yml`, ['signals/slos.yaml'], { groups: sloGroups(catalogue) });
}

/** Share of errors above which a window fires: `6 * 0.001`, in as many digits as it has. */
export function thresholdOf({ objective }: SloSignal, { factor }: BurnWindow): number {
  return rounded(factor * (1 - objective));
}

/** What happened per second, and what of it was bad. */
function indicatorRules(slo: SloSignal): Rule[] {
  const { total, bad } = indicator(slo);
  const name = selector(slo);
  return [
    record(slo, 'slo:sli_total:rate5m', total),
    record(slo, 'slo:sli_bad:rate5m', bad),
    record(
      slo,
      'slo:sli_error:ratio_rate5m',
      slo.sli.kind === 'time' ? ratioOver(slo, '5m') : `slo:sli_bad:rate5m${name} / (slo:sli_total:rate5m${name} > 0)`,
    ),
  ];
}

function indicator({ sli, by }: SloSignal): { total: string; bad: string } {
  const rate = (series: string) => `sum by (${by.join(', ')}) (rate(${series}[5m]))`;
  switch (sli.kind) {
    case 'events':
      // Without any error there is no series of errors.
      return { total: rate(sli.total), bad: `${rate(sli.bad)}\nor ${rate(sli.total)} * 0` };
    case 'latency': {
      const total = rate(`${sli.metric}_count{${sli.matchers}}`);
      const good = rate(`${sli.metric}_bucket{${sli.matchers}, le="${boundText(sli.within)}"}`);
      return { total, bad: `clamp_min(${total} - ${good}, 0)` };
    }
    case 'time':
      // A second is an event; it was bad or it was not.
      return { total: `max by (${by.join(', ')}) (${sli.bad}) * 0 + 1`, bad: `max by (${by.join(', ')}) (${sli.bad})` };
  }
}

function ratios(slo: SloSignal, windows: readonly string[]): Rule[] {
  return windows.map((window) => record(slo, `slo:sli_error:ratio_rate${window}`, ratioOver(slo, window)));
}

function alertsOf(slo: SloSignal, severity: BurnWindow['severity']): Rule[] {
  return BURN_WINDOWS.filter((window) => window.severity === severity).map((window) => burnAlert(slo, window));
}

/** Mean over a window in which every event counts the same, however few there were at its time. */
function ratioOver(slo: SloSignal, window: string): string {
  const name = selector(slo);
  return (
    `sum_over_time(slo:sli_bad:rate5m${name}[${window}])\n` +
    `/ (sum_over_time(slo:sli_total:rate5m${name}[${window}]) > 0)`
  );
}

function budgetRules(slo: SloSignal): Rule[] {
  const name = selector(slo);
  const budget = rounded(1 - slo.objective);
  return [
    record(slo, 'slo:objective:ratio', `slo:sli_total:rate5m${name} * 0 + ${slo.objective}`),
    record(slo, 'slo:error_budget_remaining:ratio', `1 - slo:sli_error:ratio_rate30d${name} / ${budget}`),
  ];
}

function burnAlert(slo: SloSignal, window: BurnWindow): Rule {
  const name = selector(slo);
  const threshold = thresholdOf(slo, window);
  const { events, bad } = slo.guard;
  const counted = (series: string) => `sum_over_time(${series}${name}[${window.long}]) * ${SLO_INTERVAL_SECONDS}`;
  const { group, more } = placeOf(slo);
  return {
    alert: burnAlertOf(slo),
    expr: [
      `slo:sli_error:ratio_rate${window.long}${name} > ${threshold}`,
      `and slo:sli_error:ratio_rate${window.short}${name} > ${threshold}`,
      `and ${counted('slo:sli_total:rate5m')} >= ${events}`,
      `and ${counted('slo:sli_bad:rate5m')} >= ${bad}`,
    ].join('\n'),
    for: window.for,
    // Burns go up and down around the threshold.
    keep_firing_for: '5m',
    labels: { severity: window.severity, slo: slo.id, window: window.long },
    annotations: annotationsOf({
      name: burnAlertOf(slo),
      summary: `${slo.title}: not kept by ${group}`,
      description:
        `More than ${rounded(threshold * 100)} % was bad in the last ${window.long}${more}, and it goes on. ` +
        `Promised: ${slo.promise}. At this rate the errors allowed for 30 days are used up in ${inDays(window)}.`,
      dashboard: slo.dashboard,
    }),
  };
}

function placeOf({ by }: SloSignal): { group: string; more: string } {
  const more = by.filter((label) => label !== 'service').map((label) => `${label} {{ $labels.${label} }}`);
  return { group: '{{ $labels.service }}', more: more.length > 0 ? ` (${more.join(', ')})` : '' };
}

function inDays({ factor }: BurnWindow): string {
  return `${rounded(30 / factor, 1)} days`;
}

function selector({ id }: SloSignal): string {
  return `{slo="${id}"}`;
}

function record(slo: SloSignal, name: string, expr: string): Rule {
  return { record: name, expr, labels: { slo: slo.id } };
}

/** A bound as the services print it and Prometheus 3 stores it. */
export function boundText(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

/** Without what binary fractions add. */
function rounded(value: number, digits = 12): number {
  return Number(value.toFixed(digits));
}
