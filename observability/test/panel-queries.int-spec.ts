import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import { repoRoot } from '../../compose/native/src/repo.js';
import { freePort } from '../../compose/native/src/servers/ports.js';
import { startPrometheus, type PrometheusServer } from '../../compose/native/src/servers/index.js';
import { SERVICES } from '../../compose/native/src/services.js';
import { buildDashboard } from '../src/grafana/build-dashboard.js';
import { dashboardsOf } from '../src/grafana/dashboards/index.js';
import { panelQueries, type PanelQuery } from '../src/grafana/execute/panel-queries.js';
import { PrometheusApi } from '../src/grafana/execute/prometheus-api.js';
import { runPanelQueries } from '../src/grafana/execute/run-panel-queries.js';
import type { DashboardJson } from '../src/grafana/lint/dashboard-json.js';
import type { KnownMetric } from '../src/grafana/lint/knowledge.js';
import { fillMacros } from '../src/grafana/lint/promql/macros.js';
import { readKnowledge } from '../src/grafana/lint/read-knowledge.js';
import { ours } from '../src/grafana/model/promql.js';
import { readCatalogue } from '../src/signals/catalogue.js';
import { writePrometheusFiles } from './support/prometheus-files.js';
import { startSyntheticStack, type SyntheticStack } from './support/synthetic-stack.js';

const catalogue = readCatalogue(repoRoot);
const dashboards = dashboardsOf(catalogue).map(
  (spec) => JSON.parse(JSON.stringify(buildDashboard(spec))) as DashboardJson,
);
const DURATIONS = { rateInterval: '10s', range: '1m' };
const queriesOf = (dashboard: DashboardJson) => panelQueries(dashboard, DURATIONS);

/** A process in which one thing has happened, once. */
const SELDOM: KnownMetric[] = [
  { name: 'build_info', labels: [] },
  { name: 'process_start_time_seconds', labels: [] },
  { name: 'messaging_parked_messages_total', labels: ['queue'], values: { queue: ['ev.seldom'] } },
].map((metric) => ({ ...metric, type: 'gauge', jobs: ['mirante'], hasExemplars: false }));

const dir = mkdtempSync(join(tmpdir(), 'panels-'));
let stack: SyntheticStack;
let prometheus: PrometheusServer;
let sut: PrometheusApi;

beforeAll(async () => {
  stack = await startSyntheticStack(
    readKnowledge(repoRoot, catalogue),
    SERVICES.map(({ name }) => name),
    [{ path: '/mirante/visitors-2', job: 'mirante', service: 'visitors', metrics: SELDOM }],
  );
  const port = await freePort();
  prometheus = await startPrometheus({ dir, port, configFile: writePrometheusFiles(dir, port, stack, catalogue) });
  sut = new PrometheusApi(`http://127.0.0.1:${port}`);
  await eventually(
    async () => {
      const [scraped] = await sut.query('min(count_over_time(up[1m]))');
      const budgets = await sut.query('slo:error_budget_remaining:ratio');
      expect(scraped?.value).toBeGreaterThan(5);
      expect(budgets.length).toBeGreaterThan(0);
    },
    { timeoutMs: 45_000 },
  );
});

afterAll(async () => {
  await prometheus?.stop();
  await stack?.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('queries of panels', () => {
  it('should reach every program', async () => {
    const down = await sut.query('up == 0');
    expect(down).toEqual([]);
    expect(await sut.query('up')).toHaveLength(stack.targets.length + 1);
  });

  it.each(dashboards.map(({ uid }) => uid))('should show something in every panel of %s', async (uid) => {
    const queries = queriesOf(dashboards.find((dashboard) => dashboard.uid === uid)!);
    expect(queries.length).toBeGreaterThan(8);
    const empty = await runPanelQueries(sut, queries);
    expect(empty.map(({ query, problem }) => `${query.panel} ${query.refId}: ${problem}`)).toEqual([]);
  });

  it('should count what happened for the first time, which increase() does not', async () => {
    const filled = (expr: string) =>
      fillMacros(expr, { ...DURATIONS, interval: '1s', variables: { service: '.+', instance: '.+' } });
    const parked = ours.of('messaging_parked_messages_total', 'queue="ev.seldom"');
    const [plain] = await sut.query(filled(`sum(increase(${parked}[$__range]))`));
    const [total] = await sut.query(filled(ours.total('messaging_parked_messages_total', 'queue="ev.seldom"')));
    expect([plain?.value, total?.value]).toEqual([0, 1]);
  });

  it('should tell how much is left of every objective', async () => {
    const budgets = await sut.query('slo:error_budget_remaining:ratio');
    const told = new Set(budgets.map(({ labels }) => labels['slo']));
    expect([...told].toSorted()).toEqual(catalogue.slos.map(({ id }) => id).toSorted());
  });

  it.each(dashboards.flatMap(({ templating }) => templating?.list ?? []).filter(({ type }) => type === 'query'))(
    'should have something to choose from: $label by $definition',
    async ({ query }) => {
      const text = typeof query === 'string' ? query : query!.query;
      const [, selector, label] = /^label_values\((.*), (\w+)\)$/.exec(text)!;
      const samples = await sut.query(selector!.replaceAll(/\$\w+/g, '.+'));
      expect(samples.map(({ labels }) => labels[label!]).filter(Boolean).length).toBeGreaterThan(0);
    },
  );
});

describe('queries with a mistake', () => {
  const [right] = queriesOf(dashboards.find(({ uid }) => uid === 'mirante-jobs')!).filter(
    ({ panel }) => panel === 'Jobs ended',
  );
  const wrong = (from: string, to: string): PanelQuery => ({
    ...right!,
    expr: right!.expr.replace(from, to),
    selectors: right!.selectors.map((text) => text.replace(from, to)),
  });

  it.each([
    ['a metric nobody shows', wrong('job_lead_seconds', 'job_led_seconds'), /no series/],
    ['a value no label has', wrong('job="mirante"', 'job="mirante", outcome="ok"'), /no series/],
    ['a job of another program', wrong('job="mirante"', 'job="mysql"'), /no series/],
    ['a division by nothing', { ...right!, expr: `${right!.expr} / 0 * 0` }, /NaN/],
    ['labels that never meet', { ...right!, expr: `${right!.expr} and on (kind) up` }, /nothing comes out/],
    ['no PromQL', { ...right!, expr: `${right!.expr})`, selectors: [] }, /parse error/],
    ['exemplars of a gauge', { ...right!, expr: 'up', selectors: ['up'], exemplars: true }, /no exemplar/],
  ])('should be found out: %s', async (_what, query, problem) => {
    expect(await runPanelQueries(sut, [right!])).toEqual([]);
    const [found] = await runPanelQueries(sut, [query]);
    expect(found?.problem).toMatch(problem);
  });

  it('should be found out: a mistake one side of "or" hides', async () => {
    const [share] = queriesOf(dashboards.find(({ uid }) => uid === 'mirante-mysql')!).filter(
      ({ panel }) => panel === 'Errors',
    );
    const from = 'outcome="error"';
    const hidden = {
      ...share!,
      expr: share!.expr.replace(from, 'outcome="failure"'),
      selectors: share!.selectors.map((text) => text.replace(from, 'outcome="failure"')),
    };
    expect(hidden.expr).not.toBe(share!.expr);
    expect((await sut.query(hidden.expr)).length).toBeGreaterThan(0);
    expect((await runPanelQueries(sut, [hidden]))[0]?.problem).toMatch(/no series/);
  });
});
