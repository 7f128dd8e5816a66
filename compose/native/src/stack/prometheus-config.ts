import { alertReceivers } from '../../../../observability/src/alertmanager/alert-receivers.config.js';
import { alertmanagerConfig as config } from '../../../../observability/src/alertmanager/alertmanager-config.js';
import { prometheusServerConfig } from '../../../../observability/src/prometheus/server-config.js';
import { processName } from '../services.js';
import { portOf, publicUrl, type StackConfig } from './config.js';

/** Text of prometheus.yml: every service, the servers, what watches itself, and the alerts. */
export function prometheusConfig({ services, ports, publicAddress }: StackConfig, ruleFiles: string): string {
  const local = (name: string) => ({ targets: [`127.0.0.1:${portOf(ports, name)}`] });
  return asYaml(
    prometheusServerConfig({
      interval: '5s',
      scrapeTimeout: '4s',
      address: publicUrl(publicAddress),
      ruleFiles: [ruleFiles],
      services: services.map((service) => ({ ...local(processName(service)), labels: { service: service.name } })),
      rabbitmq: local('rabbitmq-prometheus'),
      mysql: local('mysqld-exporter'),
      prometheus: local('prometheus'),
      alertmanager: local('alertmanager'),
    }),
  );
}

/** Text of alertmanager.yml: alerts go where `MIRANTE_ALERT_` variables say, and are shown otherwise. */
export function alertmanagerConfig(env: NodeJS.ProcessEnv = process.env): string {
  // Who runs it on one machine looks at it now.
  return asYaml(config(alertReceivers(env), { groupWait: '1s', groupInterval: '10s' }));
}

/** JSON is YAML (YAML 1.2 section 1.3), and needs no second serializer. */
function asYaml(value: unknown): string {
  return `# Written at every start; changes are lost.\n${JSON.stringify(value, undefined, 2)}\n`;
}
