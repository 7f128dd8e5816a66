import type { GeneratedFile } from '../generated-file.js';
import type { AlertSignal } from '../signals/alerts.js';
import type { Catalogue } from '../signals/catalogue.js';
import { labelsOf } from './alert-rules.js';
import { ADDRESS_LABEL, annotationsOf, renderAnnotations } from './annotations.js';
import { TESTS } from './rule-file.js';
import { yamlFile } from './yaml-file.js';

/** External labels every unit test of rules has. */
export const TEST_EXTERNAL_LABELS = { [ADDRESS_LABEL]: 'https://mirante.example' };

const STEP = '15s';

/** tests/alerts.yml: every alert fires once, clears, and stays quiet once. */
export function alertTestsFile({ alerts }: Pick<Catalogue, 'alerts'>): GeneratedFile {
  return yamlFile(`${TESTS}/alerts.yml`, ['signals/alerts.yaml'], {
    rule_files: ['../rules/recording.yml', '../rules/alerts.yml'],
    evaluation_interval: STEP,
    tests: alerts.flatMap((alert) => [firingTest(alert), ...quietTest(alert)]),
  });
}

function firingTest(alert: AlertSignal) {
  const { given, at, labels, value, clears } = alert.test.fires;
  const annotations = renderAnnotations(annotationsOf(alert), {
    labels,
    externalLabels: TEST_EXTERNAL_LABELS,
    ...(value !== undefined && { value }),
  });
  const expected = { exp_labels: { ...labels, ...labelsOf(alert) }, exp_annotations: annotations };
  return test(`${alert.name} fires and clears`, given, [
    { eval_time: at, alertname: alert.name, exp_alerts: [expected] },
    ...(clears !== undefined ? [{ eval_time: clears, alertname: alert.name, exp_alerts: [] }] : []),
  ]);
}

function quietTest(alert: AlertSignal) {
  if (!alert.test.quiet) return [];
  const { given, at } = alert.test.quiet;
  const never = at.map((time) => ({ eval_time: time, alertname: alert.name, exp_alerts: [] }));
  return [test(`${alert.name} stays quiet`, given, never)];
}

function test(name: string, series: unknown, alertRuleTest: unknown) {
  return {
    name,
    interval: STEP,
    external_labels: TEST_EXTERNAL_LABELS,
    input_series: series,
    alert_rule_test: alertRuleTest,
  };
}
