/** Dashboards of Grafana, and the part of /ops that answers the same where there is none. */
export const DASHBOARDS: Readonly<Record<string, string>> = {
  'mirante-overview': 'services',
  'mirante-service': 'services',
  'mirante-messaging': 'queues',
  'mirante-jobs': 'late',
  'mirante-ingest': 'late',
  'mirante-visitors': 'services',
  'mirante-mysql': 'services',
  'mirante-runtime': 'late',
  'mirante-telemetry': 'logged',
};
export const DASHBOARD_UIDS = Object.keys(DASHBOARDS) as [string, ...string[]];

/** Where more can be seen, for those who have it. */
export interface OpsLinks {
  readonly grafana: string | undefined;
  readonly kibana: string | undefined;
  /** Names of the runbooks there are. */
  readonly runbooks: ReadonlySet<string>;
}
