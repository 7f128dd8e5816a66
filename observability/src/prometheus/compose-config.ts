import { SERVICES } from '../../../compose/native/src/services.js';
import { METRICS } from '../elasticsearch/streams.data.js';
import type { GeneratedFile } from '../generated-file.js';
import { prometheusServerConfig } from './server-config.js';
import { yamlFile } from './yaml-file.js';

/** Where the services of compose.yaml show their metrics. */
const INTERNAL_PORT = 9464;

const config = prometheusServerConfig({
  interval: '15s',
  scrapeTimeout: '10s',
  // Prometheus 3 fills in variables of its environment here, and nowhere else.
  address: `\${MIRANTE_URL}`,
  ruleFiles: ['/etc/prometheus/rules/*.yml'],
  services: SERVICES.map(({ name, scales }) =>
    scales
      ? // Any number of containers may share its name.
        { names: [name], port: INTERNAL_PORT }
      : // Known also while it is gone and its name with it.
        { targets: [`${name}:${INTERNAL_PORT}`], labels: { service: name } },
  ),
  rabbitmq: { targets: ['rabbitmq:15692'] },
  mysql: { targets: ['mysqld-exporter:9104'] },
  prometheus: { targets: ['localhost:9090'] },
  alertmanager: { targets: ['alertmanager:9093'] },
  others: { grafana: { targets: ['grafana:3000'] }, node: { targets: ['node-exporter:9100'] } },
});

/** Configuration of Prometheus for compose, once as it is and once with a copy of everything to Elasticsearch. */
export function composeConfigFiles(): GeneratedFile[] {
  const sources = ['src/prometheus'];
  return [
    yamlFile('observability/prometheus/prometheus.compose.yml', sources, config),
    yamlFile('observability/prometheus/prometheus.elasticsearch.yml', sources, {
      ...config,
      remote_write: [
        {
          url: `http://elasticsearch:9200${METRICS.remoteWritePath}`,
          authorization: { type: 'ApiKey', credentials_file: '/run/secrets/elasticsearch_metrics_api_key' },
          // Elasticsearch takes large requests better than many.
          queue_config: { max_samples_per_send: 5_000, max_shards: 4 },
        },
      ],
    }),
  ];
}
