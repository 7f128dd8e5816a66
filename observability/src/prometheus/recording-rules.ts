import type { GeneratedFile } from '../generated-file.js';
import type { Catalogue } from '../signals/catalogue.js';
import { increaseOf, type IncreaseRule } from '../signals/recording-rules.js';
import { type Rule, type RuleGroup, RULES } from './rule-file.js';
import { yamlFile } from './yaml-file.js';

/** The groups of rules/recording.yml: one, because rules of one group are computed in order and increases read the others. */
export function recordingGroups({ recordingRules: { rules, increases } }: Catalogue): RuleGroup[] {
  const recorded = rules.map(({ record, expr }) => ({ record, expr }));
  return [{ name: 'recording', rules: [...recorded, ...increases.map(increaseRule)] }];
}

export function recordingRulesFile(catalogue: Catalogue): GeneratedFile {
  return yamlFile(`${RULES}/recording.yml`, ['signals/recording-rules.yaml'], { groups: recordingGroups(catalogue) });
}

/**
 * A series that shows for the first time counts with its whole value: increase() sees nothing before it and says 0. Only
 * where Prometheus has watched all the time, or every old counter would count again after it was away.
 */
function increaseRule(rule: IncreaseRule): Rule {
  const series = `${rule.metric}{job="mirante"}`;
  return {
    record: increaseOf(rule),
    expr: [
      `sum by (${['service', ...rule.by].join(', ')}) (`,
      `  (${series} unless ${series} offset 5m) and on (job, instance) instance:up:watched5m`,
      `  or increase(${series}[5m])`,
      ')',
    ].join('\n'),
  };
}
