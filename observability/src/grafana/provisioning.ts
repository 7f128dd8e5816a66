import { LOGS } from '../elasticsearch/streams.data.js';
import type { GeneratedFile } from '../generated-file.js';
import { LOG_VIEW } from '../kibana/data-views.js';
import { yamlFile } from '../prometheus/yaml-file.js';
import { ELASTICSEARCH_UID, FOLDER, macro, PROMETHEUS_UID } from './model/addresses.js';

const SOURCES = ['src/grafana/provisioning.ts'];

/** Where the compose file mounts the dashboards. */
const DASHBOARD_FOLDER = '/etc/grafana/dashboards';

/** What Grafana puts in place of an exemplar's trace; a `$` before it keeps it from being looked up in the environment. */
const TRACE = `$${macro('__value.raw')}`;

/**
 * Addresses of Kibana for one trace: its log lines, and the same lines as a waterfall. They look back longer
 * than lines are kept.
 */
const KIBANA = {
  lines: kibana('/app/discover#/', `dataSource:(dataViewId:${LOG_VIEW},type:dataView),`),
  waterfall: kibana('/app/dashboards#/view/mirante-trace', ''),
};

function kibana(path: string, more: string): string {
  const query = `query:(language:kuery,query:'trace.id:%22${TRACE}%22')`;
  return `${macro('MIRANTE_KIBANA_URL')}${path}?_g=(time:(from:now-${LOGS.retentionDays + 1}d,to:now))&_a=(${more}${query})`;
}

/** @param folder the one Grafana takes as `paths.provisioning` */
export function provisioningFiles(folder: string): readonly GeneratedFile[] {
  return [
    yamlFile(`${folder}/datasources/mirante.yaml`, SOURCES, { apiVersion: 1, prune: true, datasources: dataSources() }),
    yamlFile(`${folder}/dashboards/mirante.yaml`, SOURCES, { apiVersion: 1, providers: [provider()] }),
  ];
}

function dataSources() {
  return [
    {
      name: 'Prometheus',
      uid: PROMETHEUS_UID,
      type: 'prometheus',
      access: 'proxy',
      url: macro('MIRANTE_PROMETHEUS_URL'),
      isDefault: true,
      editable: false,
      jsonData: {
        httpMethod: 'POST',
        prometheusType: 'Prometheus',
        // The scrape interval: Grafana makes $__rate_interval four times as long, at least.
        timeInterval: '15s',
        manageAlerts: false,
        exemplarTraceIdDestinations: [
          { name: 'trace_id', url: KIBANA.lines, urlDisplayLabel: 'Log lines of this trace' },
          { name: 'trace_id', url: KIBANA.waterfall, urlDisplayLabel: 'This trace as a waterfall' },
        ],
      },
    },
    {
      name: 'Elasticsearch',
      uid: ELASTICSEARCH_UID,
      type: 'elasticsearch',
      access: 'proxy',
      url: macro('MIRANTE_ELASTICSEARCH_URL'),
      editable: false,
      basicAuth: true,
      basicAuthUser: macro('MIRANTE_ELASTICSEARCH_USER'),
      // Not in the address: Grafana shows that, and keeps this encrypted.
      secureJsonData: { basicAuthPassword: macro('MIRANTE_ELASTICSEARCH_PASSWORD') },
      jsonData: {
        index: `logs-${LOGS.dataset}-*`,
        timeField: '@timestamp',
        timeInterval: '15s',
        maxConcurrentShardRequests: 5,
        logMessageField: 'message',
        logLevelField: 'log.level',
        dataLinks: [{ field: 'trace.id', url: KIBANA.lines, urlDisplayLabel: 'Log lines of this trace' }],
      },
    },
  ];
}

/** Read-only from both sides: dashboards are changed in the repository, where they are checked. */
function provider() {
  return {
    name: 'mirante',
    orgId: 1,
    folder: FOLDER.title,
    folderUid: FOLDER.uid,
    type: 'file',
    disableDeletion: true,
    allowUiUpdates: false,
    updateIntervalSeconds: 30,
    options: { path: DASHBOARD_FOLDER, foldersFromFilesStructure: false },
  };
}
