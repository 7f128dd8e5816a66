import { runbookOf } from '../../../signals/alerts.js';
import { MIRANTE_URL, runbookUrl } from '../../model/addresses.js';
import { dataPanels, type DashboardJson, type LinkJson } from '../dashboard-json.js';
import type { Knowledge } from '../knowledge.js';
import { at, type Rule } from '../rule.js';

interface PlacedLink {
  readonly where: string;
  readonly link: LinkJson;
}

function linksOf(dashboard: DashboardJson): PlacedLink[] {
  return [
    ...(dashboard.links ?? []).map((link) => ({ where: 'its head', link })),
    ...dataPanels(dashboard).flatMap((panel) =>
      [...(panel.links ?? []), ...(panel.fieldConfig?.defaults?.links ?? [])].map((link) => ({
        where: at(panel),
        link,
      })),
    ),
  ];
}

export const linksLead: Rule = {
  name: 'links-lead',
  check: (dashboard, knowledge) =>
    linksOf(dashboard).flatMap(({ where, link }) => {
      const problem = problemOf(link, knowledge);
      return problem ? [`${where}: the link "${link.title}" ${problem}`] : [];
    }),
};

function problemOf({ type, url = '', tags = [] }: LinkJson, knowledge: Knowledge): string | undefined {
  if (type === 'dashboards') return tags.includes('mirante') ? undefined : 'lists no dashboards';
  if (url.startsWith('/d/')) return dashboardProblem(url, knowledge);
  if (url.startsWith('/explore?')) return exploreProblem(url, knowledge);
  if (url === `${MIRANTE_URL}/ops`) return undefined;
  const runbook = runbookIn(url);
  if (runbook === undefined) return `goes to ${url || 'nowhere'}`;
  return knowledge.runbooks.has(runbook) ? undefined : `goes to a runbook that is not written: ${runbook}`;
}

function dashboardProblem(url: string, { dashboards }: Knowledge): string | undefined {
  const [, uid = '', query = ''] = /^\/d\/([\w-]+)\??(.*)$/.exec(url) ?? [];
  const variables = dashboards.get(uid);
  if (!variables) return `goes to a dashboard that does not exist: ${uid}`;
  const set = [...query.matchAll(/(?:^|&)var-(\w+)=/g)].map(([, name]) => name!);
  const unknown = set.find((name) => !variables.includes(name));
  return unknown && `sets ${unknown}, which ${uid} does not have`;
}

function exploreProblem(url: string, { dataSources }: Knowledge): string | undefined {
  const panes = new URLSearchParams(url.slice(url.indexOf('?'))).get('panes') ?? '{}';
  const wanted = Object.values(JSON.parse(panes) as Record<string, { datasource?: string }>);
  const bad = wanted.find(({ datasource }) => !dataSources.has(datasource ?? ''));
  if (wanted.length === 0) return 'opens no data source';
  return bad && `opens a data source that is not provisioned: ${bad.datasource}`;
}

function runbookIn(url: string): string | undefined {
  const start = `${MIRANTE_URL}/ops/runbooks/`;
  return url.startsWith(start) ? url.slice(start.length) : undefined;
}

/** Whoever is sent here by an alert finds a panel that leads back to its runbook. */
export const alertsShown: Rule = {
  name: 'alerts-shown',
  check: (dashboard, { alerts }) => {
    const urls = new Set(linksOf(dashboard).map(({ link }) => link.url));
    return [...alerts.values()]
      .filter((alert) => alert.dashboard === dashboard.uid && !urls.has(runbookUrl(alert.name)))
      .map(({ name }) => `no panel leads to the runbook of ${name}, which sends people here`);
  },
};

/** A runbook that is there, of an alert that is not, would pass {@link linksLead}. */
export const linkedAlertsExist: Rule = {
  name: 'linked-alerts-exist',
  check: (dashboard, { alerts }) => {
    const names = new Set([...alerts.keys()].map(runbookOf));
    return linksOf(dashboard)
      .map(({ link }) => runbookIn(link.url ?? ''))
      .filter((runbook) => runbook !== undefined && !names.has(runbook))
      .map((runbook) => `leads to the runbook ${runbook}, of which there is no alert`);
  },
};
