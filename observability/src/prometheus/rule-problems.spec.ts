import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { repoRoot } from '../../../compose/native/src/repo.js';
import { SERVICES } from '../../../compose/native/src/services.js';
import { readKnowledge } from '../grafana/lint/read-knowledge.js';
import { readCatalogue } from '../signals/catalogue.js';
import { alertGroups } from './alert-rules.js';
import { alertTestsFile } from './alert-tests.js';
import { recordingGroups } from './recording-rules.js';
import type { Rule } from './rule-file.js';
import { alertProblems, ruleProblems, type RuleTests } from './rule-problems.js';
import { sloGroups } from './slo-rules.js';
import { sloTestsFiles } from './slo-tests.js';

const catalogue = readCatalogue(repoRoot);
const knowledge = readKnowledge(repoRoot, catalogue);
const alerting = [...alertGroups(catalogue), ...sloGroups(catalogue)];
const tests = [alertTestsFile(catalogue), ...sloTestsFiles(catalogue)].map(({ text }) => parse(text) as RuleTests);

const planted = (rule: Partial<Rule>) => [{ name: 'g', rules: [{ alert: 'A', expr: 'vector(1)', ...rule }] }];

describe(ruleProblems.name, () => {
  it('should find nothing in the rules of the project', () => {
    const groups = [...recordingGroups(catalogue), ...alerting];
    expect(groups.flatMap(({ rules }) => rules).length).toBeGreaterThan(200);
    expect(ruleProblems(groups, knowledge)).toEqual([]);
  });

  it.each([
    ['a metric that was renamed', 'log_buffer_size > 1', /nobody shows log_buffer_size/],
    ['a recorded series that is not', 'service:log_lines:increase5m > 1', /nobody shows service:log_lines:increase5m/],
    ['a label it does not have', 'log_buffer_bytes{queue="a"} > 1', /log_buffer_bytes has no label queue/],
    ['a value a label cannot have', 'job_oldest_waiting_age_seconds{class="middle"} > 1', /no class of/],
    ['one of several values', 'job_oldest_waiting_age_seconds{class=~"short|middle"} > 1', /"middle"/],
    ['a bound a histogram does not have', 'rpc_client_duration_seconds_bucket{le="0.3"} > 1', /has no bound 0.3/],
    ['an objective there is none of', 'slo:sli_error:ratio_rate5m{slo="no-such"} > 1', /no slo of/],
    ['what is no PromQL', 'sum(up', /no PromQL/],
    ['a sum by a label nothing has', 'sum by (queue) (log_buffer_bytes) > 1', /sums by queue/],
  ])('should find %s', (_, expr, problem) => {
    expect(ruleProblems(planted({ expr }), knowledge).join('\n')).toMatch(problem);
  });

  it('should find a text that names a label the alert has lost', () => {
    const expr = 'max by (service) (log_buffer_bytes) > 1';
    const annotations = { summary: '{{ $labels.service }} at {{ $labels.instance }}' };
    expect(ruleProblems(planted({ expr, annotations }), knowledge)).toEqual([
      'panel "g/A": its legend has no label instance',
    ]);
  });
});

describe('TelemetrySilent', () => {
  it('should miss every service of the stack', () => {
    const { expr } = catalogue.alerts.find(({ name }) => name === 'TelemetrySilent')!;
    const missed = [...expr.matchAll(/absent\(up\{job="mirante", service="([\w-]+)"\}\)/g)].map(([, name]) => name!);
    expect(missed.toSorted()).toEqual(SERVICES.map(({ name }) => name).toSorted());
  });
});

describe(alertProblems.name, () => {
  it('should find a test, a page and a dashboard for every alert', () => {
    expect(alertProblems(alerting, tests, knowledge)).toEqual([]);
  });

  it('should find an alert nobody tests, with a page and a dashboard there are not', () => {
    const annotations = { dashboard_url: 'https://x/ops/dashboards/mirante-nowhere' };
    expect(alertProblems([...alerting, ...planted({ alert: 'NewTrouble', expr: 'up == 2', annotations })], tests, knowledge)).toEqual([
      'NewTrouble: no test in which it fires',
      'NewTrouble: no test without it',
      'NewTrouble: there is no docs/runbooks/new-trouble.md',
      'NewTrouble: its dashboard is unknown',
    ]); // prettier-ignore
  });

  it('should find an alert whose test never sees it, and one whose test never sees it gone', () => {
    const only = (exp_alerts: unknown[]) => [{ tests: [{ alert_rule_test: [{ alertname: 'A', exp_alerts }] }] }];
    const world = { runbooks: new Set(['a']), dashboards: new Map([['d', []]]) };
    const groups = planted({ expr: 'up', annotations: { dashboard_url: '/d' } });
    expect(alertProblems(groups, only([]), world)).toEqual(['A: no test in which it fires']);
    expect(alertProblems(groups, only([{}]), world)).toEqual(['A: no test without it']);
  });

  it('should find a page about an alert there is not', () => {
    const world = { ...knowledge, runbooks: new Set([...knowledge.runbooks, 'forgotten']) };
    expect(alertProblems(alerting, tests, world)).toEqual(['docs/runbooks/forgotten.md: there is no such alert']);
  });
});
