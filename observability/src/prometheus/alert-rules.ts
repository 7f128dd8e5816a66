import type { GeneratedFile } from '../generated-file.js';
import type { AlertSignal } from '../signals/alerts.js';
import type { Catalogue } from '../signals/catalogue.js';
import { annotationsOf } from './annotations.js';
import { type Rule, type RuleGroup, RULES } from './rule-file.js';
import { yamlFile } from './yaml-file.js';

/** The groups of rules/alerts.yml. */
export function alertGroups({ alerts }: Pick<Catalogue, 'alerts'>): RuleGroup[] {
  const names = [...new Set(alerts.map(({ group }) => group))];
  return names.map((name) => ({ name, rules: alerts.filter(({ group }) => group === name).map(alertRule) }));
}

/** Labels an alert has beside those of its expression. */
export function labelsOf({ severity, service }: Pick<AlertSignal, 'severity' | 'service'>): Record<string, string> {
  return { severity, ...(service !== undefined && { service }) };
}

export function alertRulesFile(catalogue: Catalogue): GeneratedFile {
  return yamlFile(`${RULES}/alerts.yml`, ['signals/alerts.yaml'], { groups: alertGroups(catalogue) });
}

function alertRule(alert: AlertSignal): Rule {
  return {
    alert: alert.name,
    expr: alert.expr,
    ...(alert.for !== undefined && { for: alert.for }),
    ...(alert.keep_firing_for !== undefined && { keep_firing_for: alert.keep_firing_for }),
    labels: labelsOf(alert),
    annotations: annotationsOf(alert),
  };
}
