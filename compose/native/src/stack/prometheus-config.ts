import { processName } from '../services.js';
import { portOf, type StackConfig } from './config.js';

/** Text of prometheus.yml: every service, the broker, Prometheus itself, and the alerts. */
export function prometheusConfig({ services, ports }: StackConfig, ruleFiles: string): string {
  const local = (name: string) => `127.0.0.1:${portOf(ports, name)}`;
  const config = {
    global: { scrape_interval: '5s', scrape_timeout: '4s', evaluation_interval: '5s' },
    rule_files: [ruleFiles],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [local('alertmanager')] }] }] },
    scrape_configs: [
      {
        job_name: 'mirante',
        static_configs: services.map((service) => ({
          targets: [local(processName(service))],
          labels: { service: service.name },
        })),
      },
      { job_name: 'rabbitmq', static_configs: [{ targets: [local('rabbitmq-prometheus')] }] },
      {
        // The plain endpoint sums over queues; alerts on one queue need them apart.
        job_name: 'rabbitmq-queues',
        metrics_path: '/metrics/detailed',
        params: { family: ['queue_coarse_metrics', 'queue_consumer_count'] },
        static_configs: [{ targets: [local('rabbitmq-prometheus')] }],
      },
      { job_name: 'prometheus', static_configs: [{ targets: [local('prometheus')] }] },
      { job_name: 'alertmanager', static_configs: [{ targets: [local('alertmanager')] }] },
    ],
  };
  return asYaml(config);
}

/** Text of alertmanager.yml: alerts are shown, grouped by name, and sent nowhere until somebody adds a receiver. */
export function alertmanagerConfig(): string {
  return asYaml({
    route: { receiver: 'shown', group_by: ['alertname', 'service'], group_wait: '1s', group_interval: '10s' },
    receivers: [{ name: 'shown' }],
  });
}

/** JSON is YAML (YAML 1.2 section 1.3), and needs no second serializer. */
function asYaml(config: unknown): string {
  return `# Written at every start; changes are lost.\n${JSON.stringify(config, undefined, 2)}\n`;
}
