import type { GeneratedFile } from '../generated-file.js';
import type { Catalogue } from '../signals/catalogue.js';
import { burnAlertOf, type SloSignal } from '../signals/slos.js';
import { TEST_EXTERNAL_LABELS } from './alert-tests.js';
import { renderAnnotations } from './annotations.js';
import { TESTS } from './rule-file.js';
import { BURN_WINDOWS, type BurnWindow, boundText, SLO_INTERVAL_SECONDS, sloGroups } from './slo-rules.js';
import { yamlFile } from './yaml-file.js';

/**
 * Errors come `burn` times as fast as allowed until `at`, when this window fires and no other; then there are none. By `over`
 * it has cleared, while what was bad is still enough for the window after it.
 */
interface Burn {
  readonly window: BurnWindow;
  readonly burn: number;
  readonly at: string;
  readonly over: string;
  readonly stillFires: readonly BurnWindow[];
}

const [fast, brisk, slow, slowest] = BURN_WINDOWS as [BurnWindow, BurnWindow, BurnWindow, BurnWindow];
const PAGES: readonly Burn[] = [
  { window: fast, burn: 18, at: '14m', over: '26m', stillFires: [brisk] },
  { window: brisk, burn: 12, at: '50m', over: '95m', stillFires: [slow] },
];
const TICKETS: readonly Burn[] = [
  { window: slow, burn: 5, at: '150m', over: '270m', stillFires: [slowest] },
  { window: slowest, burn: 2, at: '400m', over: '680m', stillFires: [] },
];
/** Half of what is allowed. */
const BEARABLE = { burn: 0.5, at: ['14m', '50m', '150m', '360m'] };

/** Tickets look at hours: fewer looks take less time and find the same. */
const TICKET_STEP_SECONDS = 120;
const EVENTS_PER_STEP = 300;

/** All objectives are missed together, at a rate for each of the four windows, and then not enough for any. */
export function sloTestsFiles({ slos }: Pick<Catalogue, 'slos'>): GeneratedFile[] {
  const step = SLO_INTERVAL_SECONDS;
  return [
    testsFile('slo-pages', step, [...PAGES.map((burn) => burningTest(slos, burn, step)), fewEventsTest(slos, step)]),
    testsFile('slo-tickets', TICKET_STEP_SECONDS, [
      ...TICKETS.map((burn) => burningTest(slos, burn, TICKET_STEP_SECONDS)),
      bearableTest(slos, TICKET_STEP_SECONDS),
    ]),
  ];
}

function testsFile(name: string, step: number, tests: readonly object[]): GeneratedFile {
  return yamlFile(`${TESTS}/${name}.yml`, ['signals/slos.yaml'], {
    rule_files: ['../rules/slo.yml'],
    evaluation_interval: `${step}s`,
    tests,
  });
}

function burningTest(slos: readonly SloSignal[], { window, burn, at, over, stillFires }: Burn, step: number) {
  const steps = stepsIn(at, step);
  const rest = stepsIn(over, step) - steps;
  return {
    ...head(`burning ${burn} times too fast fires over ${window.long}, then clears`, step),
    input_series: slos.flatMap((slo) => burning(slo, burn, steps, rest)),
    alert_rule_test: slos.flatMap((slo) => [
      { eval_time: at, alertname: burnAlertOf(slo), exp_alerts: [expected(slo, window)] },
      { eval_time: over, alertname: burnAlertOf(slo), exp_alerts: stillFires.map((other) => expected(slo, other)) },
    ]),
    promql_expr_test: slos.map((slo) => ({
      expr: `slo:objective:ratio{slo="${slo.id}", service="${placeLabels(slo)['service']}"}`,
      eval_time: at,
      exp_samples: [{ labels: labelText('slo:objective:ratio', slo), value: slo.objective }],
    })),
  };
}

function bearableTest(slos: readonly SloSignal[], step: number) {
  const { burn, at } = BEARABLE;
  return {
    ...head('burning half as fast as allowed stays quiet', step),
    input_series: slos.flatMap((slo) => burning(slo, burn, stepsIn(at.at(-1)!, step), 0)),
    alert_rule_test: slos.flatMap((slo) =>
      at.map((time) => ({ eval_time: time, alertname: burnAlertOf(slo), exp_alerts: [] })),
    ),
  };
}

function fewEventsTest(slos: readonly SloSignal[], step: number) {
  return {
    ...head('one bad event less than the guard asks for stays quiet, though all are bad', step),
    input_series: slos.flatMap((slo) => few(slo, step)),
    alert_rule_test: slos.flatMap((slo) =>
      ['6m', '10m', '30m', '55m'].map((time) => ({ eval_time: time, alertname: burnAlertOf(slo), exp_alerts: [] })),
    ),
  };
}

function head(name: string, step: number) {
  return { name, interval: `${step}s`, external_labels: TEST_EXTERNAL_LABELS };
}

function burning(slo: SloSignal, burn: number, steps: number, rest: number) {
  const share = burn * (1 - slo.objective);
  const { sli } = slo;
  const rising = (perStep: number, afterwards: number) => {
    const step = number(perStep);
    const top = number(step * steps);
    return `0+${step}x${steps}${rest > 0 ? ` ${number(top + afterwards)}+${afterwards}x${rest - 1}` : ''}`;
  };
  switch (sli.kind) {
    case 'events':
      return [
        { series: sli.example.good, values: rising(EVENTS_PER_STEP * (1 - share), EVENTS_PER_STEP) },
        { series: sli.example.bad, values: rising(EVENTS_PER_STEP * share, 0) },
      ];
    case 'latency': {
      const { metric, within, example } = sli;
      const good = `${metric}_bucket{${example.labels}, le="${boundText(within)}"}`;
      return [
        { series: good, values: rising(EVENTS_PER_STEP * (1 - share), EVENTS_PER_STEP) },
        { series: `${metric}_count{${example.labels}}`, values: rising(EVENTS_PER_STEP, EVENTS_PER_STEP) },
      ];
    }
    case 'time': {
      const { series, good, bad } = sli.example;
      const values = Array.from({ length: steps + 1 }, (_, at) => (isBad(at, share) ? bad : good));
      return [{ series, values: `${runs(values)}${rest > 0 ? ` ${runs(Array<number>(rest).fill(good))}` : ''}` }];
    }
  }
}

/** Spreads bad samples evenly. */
function isBad(at: number, share: number): boolean {
  return Math.floor((at + 1) * share) > Math.floor(at * share);
}

/** All that happens is bad, but it is too little to tell. */
function few({ sli, guard }: SloSignal, step: number) {
  switch (sli.kind) {
    case 'events': {
      const events = Math.min(guard.events, guard.bad) - 1;
      return [
        { series: sli.example.good, values: '0+0x120' },
        { series: sli.example.bad, values: `0 0+1x${events} ${events}+0x120` },
      ];
    }
    case 'latency': {
      const events = Math.min(guard.events, guard.bad) - 1;
      const { metric, within, example } = sli;
      return [
        { series: `${metric}_bucket{${example.labels}, le="${boundText(within)}"}`, values: '0+0x120' },
        { series: `${metric}_count{${example.labels}}`, values: `0 0+1x${events} ${events}+0x120` },
      ];
    }
    case 'time': {
      const steps = guard.bad / step - 1;
      const { series, good, bad } = sli.example;
      return [{ series, values: runs([...Array<number>(steps).fill(bad), ...Array<number>(120).fill(good)]) }];
    }
  }
}

function expected(slo: SloSignal, window: BurnWindow) {
  const labels = placeLabels(slo);
  const rule = sloGroups({ slos: [slo] })
    .flatMap(({ rules }) => rules)
    .find((one) => one.alert !== undefined && one.labels?.['window'] === window.long);
  if (!rule?.labels || !rule.annotations) throw new Error(`${slo.id} has no alert over ${window.long}`);
  return {
    exp_labels: { ...labels, ...rule.labels },
    exp_annotations: renderAnnotations(rule.annotations, { labels, externalLabels: TEST_EXTERNAL_LABELS }),
  };
}

function labelText(name: string, slo: SloSignal): string {
  const labels = { slo: slo.id, ...placeLabels(slo) };
  return `${name}{${Object.entries(labels).map(([label, value]) => `${label}="${value}"`).join(', ')}}`; // prettier-ignore
}

/** Labels that are left of the example's series. */
function placeLabels({ sli, by }: SloSignal): Record<string, string> {
  const series = { events: 'good', latency: 'labels', time: 'series' } as const;
  const example = sli.example as Partial<Record<string, unknown>>;
  const text = String(example[series[sli.kind]]);
  return Object.fromEntries(by.map((label) => [label, new RegExp(`\\b${label}="([^"]*)"`).exec(text)?.[1] ?? '']));
}

/** Values in the notation of promtool: runs of the same one together. */
function runs(values: readonly number[]): string {
  const parts: Array<{ value: number; more: number }> = [];
  for (const value of values) {
    const last = parts.at(-1);
    if (last?.value === value) last.more += 1;
    else parts.push({ value, more: 0 });
  }
  return parts.map(({ value, more }) => `${value}+0x${more}`).join(' ');
}

function stepsIn(duration: string, step: number): number {
  const seconds = { s: 1, m: 60, h: 3_600 };
  const [, count, unit] = /^(\d+)([smh])$/.exec(duration) ?? [];
  return (Number(count) * seconds[unit as keyof typeof seconds]) / step;
}

/** Without what binary fractions add. */
function number(value: number): number {
  return Number(value.toFixed(6));
}
