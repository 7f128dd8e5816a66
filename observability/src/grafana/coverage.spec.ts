import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repoRoot } from '../../../compose/native/src/repo.js';
import { alertGroups } from '../prometheus/alert-rules.js';
import { recordingGroups } from '../prometheus/recording-rules.js';
import { sloGroups } from '../prometheus/slo-rules.js';
import { readCatalogue } from '../signals/catalogue.js';
import { buildDashboard } from './build-dashboard.js';
import { dashboardsOf } from './dashboards/index.js';
import type { DashboardJson } from './lint/dashboard-json.js';
import { lookUp, type Knowledge } from './lint/knowledge.js';
import { selectorsIn } from './lint/promql/parse.js';
import { readKnowledge } from './lint/read-knowledge.js';
import { selectorsOf } from './lint/rules/target.rules.js';

const catalogue = readCatalogue(repoRoot);
const knowledge = readKnowledge(repoRoot, catalogue);
const shown = dashboardsOf(catalogue)
  .map((spec) => JSON.parse(JSON.stringify(buildDashboard(spec))) as DashboardJson)
  .flatMap((dashboard) => selectorsOf(dashboard).map(({ selector }) => selector.metric));
const asked = alertGroups(catalogue)
  .flatMap(({ rules }) => rules)
  .flatMap(({ expr }) => metricsIn(expr));
const pages = join(repoRoot, 'docs/runbooks');
const runbooks = readdirSync(pages)
  .map((page) => readFileSync(join(pages, page), 'utf8'))
  .join('\n');

describe('dashboards and catalogue', () => {
  it('should show every metric of ours', () => {
    // Node.js' client brings some that say the same twice.
    const ours = catalogue.metrics.filter(({ owner }) => owner !== 'prom-client').map(({ name }) => name);
    expect(missingIn(shown, ours, knowledge)).toEqual([]);
  });

  it('should list no metric of other programs that neither a panel nor an alert uses', () => {
    const others = catalogue.foreignMetrics.map(({ name }) => name);
    expect(missingIn([...shown, ...asked, ...choices()], others, knowledge)).toEqual([]);
  });

  it('should record no series that no rule, panel or runbook reads', () => {
    const rules = [...recordingGroups(catalogue), ...sloGroups(catalogue)].flatMap((group) => group.rules);
    const read = new Set([...shown, ...asked, ...rules.flatMap(({ expr }) => metricsIn(expr))]);
    const recorded = new Set(rules.flatMap(({ record }) => record ?? []));
    expect(recorded.size).toBeGreaterThan(15);
    expect([...recorded].filter((name) => !read.has(name) && !runbooks.includes(name))).toEqual([]);
  });

  it('should find out a metric that no panel shows', () => {
    expect(missingIn(shown, ['up', 'a_new_metric_total'], knowledge)).toEqual(['a_new_metric_total']);
  });
});

function choices(): string[] {
  return dashboardsOf(catalogue).flatMap(({ variables }) => variables.flatMap(({ selector }) => metricsIn(selector)));
}

function metricsIn(expr: string): string[] {
  return selectorsIn(expr).map(({ metric }) => metric);
}

function missingIn(series: readonly string[], names: readonly string[], known: Knowledge): string[] {
  const used = new Set(series.map((name) => lookUp(known, name)?.metric.name));
  return names.filter((name) => !used.has(name));
}
