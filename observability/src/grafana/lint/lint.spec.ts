import { describe, expect, it } from 'vitest';
import { repoRoot } from '../../../../compose/native/src/repo.js';
import { readCatalogue } from '../../signals/catalogue.js';
import { buildDashboard } from '../build-dashboard.js';
import { dashboardsOf } from '../dashboards/index.js';
import type { DashboardJson } from './dashboard-json.js';
import { lint, RULES } from './lint.js';
import { PLANTED } from './planted/index.js';
import { readKnowledge } from './read-knowledge.js';

const catalogue = readCatalogue(repoRoot);
const knowledge = readKnowledge(repoRoot, catalogue);
const built = new Map(dashboardsOf(catalogue).map((spec) => [spec.uid, JSON.stringify(buildDashboard(spec))]));
const copyOf = (uid: string) => JSON.parse(built.get(uid)!) as DashboardJson;

describe('lint of dashboards', () => {
  it.each([...built.keys()])('should find nothing in %s', (uid) => {
    expect(lint(copyOf(uid), knowledge)).toEqual([]);
  });

  it.each(PLANTED)('should find with $rule that $what', ({ rule, plant, finds }) => {
    const sut = copyOf('mirante-messaging');
    plant(sut as never);
    const found = lint(sut, knowledge).filter((finding) => finding.rule === rule);
    expect(found.map(({ problem }) => problem).join('\n')).toMatch(finds);
  });

  it('should have a planted violation of every rule', () => {
    expect(RULES.length).toBeGreaterThan(25);
    expect(new Set(PLANTED.map(({ rule }) => rule))).toEqual(new Set(RULES.map(({ name }) => name)));
  });

  it('should take up every idea of dashboard-linter', () => {
    const taken = RULES.flatMap(({ after }) => after?.split(', ') ?? []);
    expect(taken.toSorted()).toEqual(
      [
        'panel-datasource-rule',
        'panel-no-targets-rule',
        'panel-title-description-rule',
        'panel-units-rule',
        'target-counter-agg-rule',
        'target-instance-rule',
        'target-job-rule',
        'target-logql-auto-rule',
        'target-logql-rule',
        'target-promql-rule',
        'target-rate-interval-rule',
        'template-datasource-rule',
        'template-instance-rule',
        'template-job-rule',
        'template-label-promql-rule',
        'template-on-time-change-reload-rule',
        'uneditable-dashboard',
      ].toSorted(),
    );
  });
});
