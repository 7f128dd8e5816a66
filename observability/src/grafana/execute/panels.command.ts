import { parseArgs } from 'node:util';
import { repoRoot } from '../../../../compose/native/src/repo.js';
import { readCatalogue } from '../../signals/catalogue.js';
import type { Terminal } from '../../terminal.js';
import { buildDashboard } from '../build-dashboard.js';
import { dashboardsOf } from '../dashboards/index.js';
import type { DashboardJson } from '../lint/dashboard-json.js';
import { panelQueries } from './panel-queries.js';
import { PrometheusApi } from './prometheus-api.js';
import { runPanelQueries } from './run-panel-queries.js';

const OPTIONS = {
  'rate-interval': { type: 'string', default: '1m' },
  range: { type: 'string', default: '1h' },
} as const;

/**
 * Asks a running Prometheus what every panel asks, and tells which would be empty: normal for what has not happened there.
 *
 * @returns exit code: 1 when Prometheus refuses a query
 */
export async function panels(args: readonly string[], { say, complain }: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [url] = positionals;
  if (url === undefined) {
    complain('which Prometheus? npm run observability -- panels http://127.0.0.1:9090');
    return 2;
  }
  const prometheus = new PrometheusApi(url);
  let refused = 0;
  for (const spec of dashboardsOf(readCatalogue(repoRoot))) {
    const dashboard = JSON.parse(JSON.stringify(buildDashboard(spec))) as DashboardJson;
    const queries = panelQueries(dashboard, { rateInterval: values['rate-interval'], range: values.range });
    const empty = await runPanelQueries(prometheus, queries);
    say(`${spec.uid}: ${queries.length - empty.length} of ${queries.length} queries show something`);
    for (const { query, problem } of empty) say(`  ${query.panel} ${query.refId}: ${problem}`);
    refused += empty.filter(({ isRefused }) => isRefused).length;
  }
  return refused === 0 ? 0 : 1;
}
