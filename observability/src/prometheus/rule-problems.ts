import {
  alternativesKnown,
  bucketBound,
  labelKnown,
  labelReachesPanel,
  labelValueKnown,
  metricKnown,
} from '../grafana/lint/rules/catalogue.rules.js';
import type { Knowledge } from '../grafana/lint/knowledge.js';
import { parsePromql } from '../grafana/lint/promql/parse.js';
import { runbookOf } from '../signals/alerts.js';
import type { Rule, RuleGroup } from './rule-file.js';

const CHECKS = [metricKnown, labelKnown, labelValueKnown, alternativesKnown, bucketBound, labelReachesPanel];

/**
 * What is wrong with rules: metrics, labels, values of labels or bounds nobody shows, and labels in texts that the result of
 * the expression does not have.
 */
export function ruleProblems(groups: readonly RuleGroup[], knowledge: Knowledge): string[] {
  return groups.flatMap(({ name, rules }) => rules.flatMap((rule) => problemsOf(rule, name, knowledge)));
}

function problemsOf(rule: Rule, group: string, knowledge: Knowledge): string[] {
  const title = `${group}/${rule.alert ?? rule.record}`;
  try {
    parsePromql(rule.expr);
  } catch (error) {
    return [`${title}: ${error instanceof Error ? error.message : String(error)}`];
  }
  // To the checks of panels a rule is a panel with one query, and what its texts name is its legend.
  const panel = { type: 'timeseries', title, targets: [{ refId: 'A', expr: rule.expr, legendFormat: legendOf(rule) }] };
  return CHECKS.flatMap((check) => check.check({ uid: group, title: group, panels: [panel] }, knowledge));
}

function legendOf({ annotations = {} }: Rule): string {
  const names = [
    ...Object.values(annotations)
      .join(' ')
      .matchAll(/\$labels\.(\w+)/g),
  ].map(([, name]) => name!);
  return names.map((name) => `{{${name}}}`).join(' ');
}

/** A file of unit tests, as far as it matters which alerts it tests. */
export interface RuleTests {
  readonly tests: readonly {
    readonly alert_rule_test?: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
  }[];
}

/** What is missing around alerts: a test in which one fires, one in which it does not, a page that says what to do. */
export function alertProblems(
  groups: readonly RuleGroup[],
  tests: readonly RuleTests[],
  knowledge: Pick<Knowledge, 'runbooks' | 'dashboards'>,
): string[] {
  const rules = groups.flatMap((group) => group.rules.filter(({ alert }) => alert !== undefined));
  const names = [...new Set(rules.map(({ alert }) => alert!))];
  const cases = tests.flatMap((file) => file.tests.flatMap((test) => test.alert_rule_test ?? []));
  const pages = new Set(names.map(runbookOf));
  return [
    ...names.flatMap((name) => {
      const own = cases.filter(({ alertname }) => alertname === name);
      const always = rules.some(({ alert, expr }) => alert === name && expr === 'vector(1)');
      return [
        ...(own.some(({ exp_alerts }) => exp_alerts.length > 0) ? [] : [`${name}: no test in which it fires`]),
        ...(always || own.some(({ exp_alerts }) => exp_alerts.length === 0) ? [] : [`${name}: no test without it`]),
        ...(knowledge.runbooks.has(runbookOf(name))
          ? []
          : [`${name}: there is no docs/runbooks/${runbookOf(name)}.md`]),
      ];
    }),
    ...rules.filter((rule) => !goesSomewhere(rule, knowledge)).map(({ alert }) => `${alert}: its dashboard is unknown`),
    ...[...knowledge.runbooks]
      .filter((page) => page !== 'README' && !pages.has(page))
      .map((page) => `docs/runbooks/${page}.md: there is no such alert`),
  ];
}

function goesSomewhere({ annotations }: Rule, { dashboards }: Pick<Knowledge, 'dashboards'>): boolean {
  return dashboards.has(annotations?.['dashboard_url']?.split('/').at(-1) ?? '');
}
