import { runbookOf } from '../../signals/alerts.js';

/** What Grafana, its data sources and the pages it links to are called; provisioning and dashboards agree by this file. */
export const PROMETHEUS_UID = 'mirante-prometheus';
export const ELASTICSEARCH_UID = 'mirante-elasticsearch';
export const FOLDER = { uid: 'mirante', title: 'Mirante' } as const;

/** `${name}`, which Grafana fills in: a variable, a macro, or from its environment. */
export function macro(name: string): string {
  return `\${${name}}`;
}

/** Dashboards with this tag are in the list at the top of each of them. */
export const TAG = 'mirante';

/** Variable of every dashboard that holds the address of the gateway, which Prometheus and Grafana do not know. */
export const MIRANTE_URL = macro('mirante_url:raw');

export function runbookUrl(alert: string): string {
  return `${MIRANTE_URL}/ops/runbooks/${runbookOf(alert)}`;
}

/** Grafana's view of the log lines of what the dashboard is set to, in the same span of time. */
export function logsUrl(kql: string): string {
  const pane = {
    datasource: ELASTICSEARCH_UID,
    queries: [{ refId: 'A', query: kql, metrics: [{ type: 'logs', id: '1' }] }],
    range: { from: macro('__from'), to: macro('__to') },
  };
  return `/explore?schemaVersion=1&panes=${JSON.stringify({ logs: pane })}`;
}
