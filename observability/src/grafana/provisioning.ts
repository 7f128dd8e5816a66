import type { GeneratedFile } from '../generated-file.js';
import { yamlFile } from '../prometheus/yaml-file.js';
import { ELASTICSEARCH_UID, FOLDER, macro, PROMETHEUS_UID } from './model/addresses.js';

const SOURCES = ['src/grafana/provisioning.ts'];

/** Where the compose file mounts the dashboards. */
const DASHBOARD_FOLDER = '/etc/grafana/dashboards';

/**
 * Kibana's list of log lines with this trace, over the last 15 days: that is how long they are kept. Grafana replaces
 * `${NAME}` by the environment and leaves `$${...}` for the exemplar.
 */
const KIBANA_TRACE =
  `${macro('MIRANTE_KIBANA_URL')}/app/discover#/?_g=(time:(from:now-15d,to:now))` +
  `&_a=(query:(language:kuery,query:'trace.id:%22$${macro('__value.raw')}%22'))`;

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
          { name: 'trace_id', url: KIBANA_TRACE, urlDisplayLabel: 'Log lines of this trace in Kibana' },
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
        index: 'logs-mirante.app-*',
        timeField: '@timestamp',
        timeInterval: '15s',
        maxConcurrentShardRequests: 5,
        logMessageField: 'message',
        logLevelField: 'log.level',
        dataLinks: [{ field: 'trace.id', url: KIBANA_TRACE, urlDisplayLabel: 'Log lines of this trace in Kibana' }],
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
