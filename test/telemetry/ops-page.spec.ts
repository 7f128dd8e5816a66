import { describe, expect, it } from 'vitest';
import { dashboardsOf } from '../../observability/src/grafana/dashboards/index.js';
import { readKnowledge } from '../../observability/src/grafana/lint/read-knowledge.js';
import { ruleProblems } from '../../observability/src/prometheus/rule-problems.js';
import { runbookOf as pageOf } from '../../observability/src/signals/alerts.js';
import { readCatalogue } from '../../observability/src/signals/catalogue.js';
import { DASHBOARDS } from '../../services/gateway/src/ops/ops-links.data.js';
import { GAUGE_QUERIES, QUEUE_QUERIES, RED_QUERIES } from '../../services/gateway/src/ops/ops-queries.data.js';
import { runbookOf } from '../../services/gateway/src/ops/runbook-name.domain.js';
import { ROOT } from './declared-metrics.js';

const catalogue = readCatalogue(ROOT);
const knowledge = readKnowledge(ROOT, catalogue);
const queries = [
  ...Object.values(RED_QUERIES).flatMap((red) => Object.values(red)),
  ...Object.values(QUEUE_QUERIES),
  ...GAUGE_QUERIES.map(({ query }) => query),
].map((query) => query.replaceAll('[W]', '[1m]'));

/** What the gateway repeats of the catalogue, because a service imports nothing of `observability`. */
describe('the page for operators', () => {
  it.each(queries)('should ask for nothing that nobody shows: %s', (expr) => {
    expect(ruleProblems([{ name: 'ops', rules: [{ record: expr, expr }] }], knowledge)).toEqual([]);
  });

  it('should notice a query for what nobody shows', () => {
    const renamed = queries[0]!.replace('http_server_request', 'http_server_answer');
    expect(ruleProblems([{ name: 'ops', rules: [{ record: renamed, expr: renamed }] }], knowledge)).not.toEqual([]);
  });

  it('should lead to every dashboard there is', () => {
    expect(Object.keys(DASHBOARDS).sort()).toEqual(
      dashboardsOf(catalogue)
        .map(({ uid }) => uid)
        .sort(),
    );
  });

  it('should call the page of an alert what the alert calls it', () => {
    const names = [...knowledge.alerts.keys()];
    expect(names.length).toBeGreaterThan(30);
    expect(names.map(runbookOf)).toEqual(names.map(pageOf));
  });
});
