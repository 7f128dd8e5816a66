import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '../../../compose/native/src/repo.js';
import {
  freePort,
  startAlertmanager,
  startPrometheus,
  type AlertmanagerServer,
  type PrometheusServer,
} from '../../../compose/native/src/servers/index.js';
import { alertmanagerConfig } from '../../../observability/src/alertmanager/alertmanager-config.js';
import { alertGroups } from '../../../observability/src/prometheus/alert-rules.js';
import { recordingGroups } from '../../../observability/src/prometheus/recording-rules.js';
import { sloGroups } from '../../../observability/src/prometheus/slo-rules.js';
import { spedUp } from '../../../observability/src/prometheus/sped-up.js';
import { readCatalogue } from '../../../observability/src/signals/catalogue.js';
import { SERVICE_NAMES, type Stack } from '../../harness/stack.js';

/** An hour of the rules is a minute of the test. */
export const FASTER = 60;

export interface WatchedStack {
  readonly prometheus: PrometheusServer;
  readonly alertmanager: AlertmanagerServer;
  close(): Promise<void>;
}

/**
 * Watches a stack with the rules, routes and inhibitions of the project, sped up.
 *
 * @param webhookUrl gets pages and tickets
 * @param heartbeatUrl gets the alert that always fires
 */
export async function watch(stack: Stack, webhookUrl: string, heartbeatUrl: string): Promise<WatchedStack> {
  const dir = join(stack.logDir, '..', 'watching');
  mkdirSync(dir, { recursive: true });
  const write = (name: string, content: unknown) => {
    const file = join(dir, name);
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(content));
    return file;
  };
  const alertmanager = await startAlertmanager({
    dir: join(dir, 'alertmanager'),
    configFile: write(
      'alertmanager.yml',
      alertmanagerConfig({ webhookUrl, heartbeatUrl }, { groupWait: '1s', groupInterval: '1s' }),
    ),
  });
  const port = await freePort();
  const catalogue = readCatalogue(repoRoot);
  const groups = [...recordingGroups(catalogue), ...sloGroups(catalogue), ...alertGroups(catalogue)];
  const rules = write('rules.yml', { groups: spedUp(groups, FASTER) });
  const prometheus = await startPrometheus({
    dir: join(dir, 'prometheus'),
    port,
    configFile: write('prometheus.yml', configOf(stack, rules, port, alertmanager.port)),
  });
  return {
    prometheus,
    alertmanager,
    close: async () => void (await Promise.all([prometheus.kill(), alertmanager.kill()])),
  };
}

/** The jobs and labels the rules expect. */
function configOf(stack: Stack, rules: string, prometheusPort: number, alertmanagerPort: number) {
  const local = (...ports: number[]) => [{ targets: ports.map((port) => `127.0.0.1:${port}`) }];
  return {
    global: {
      scrape_interval: '1s',
      evaluation_interval: '1s',
      external_labels: { mirante_url: stack.baseUrl },
    },
    rule_files: [rules],
    alerting: { alertmanagers: [{ static_configs: local(alertmanagerPort) }] },
    scrape_configs: [
      {
        job_name: 'mirante',
        static_configs: SERVICE_NAMES.map((service) => ({
          targets: [new URL(stack.internalUrls[service]).host],
          labels: { service },
        })),
      },
      { job_name: 'rabbitmq', static_configs: local(stack.rabbitmq.prometheusPort) },
      {
        job_name: 'rabbitmq-queues',
        metrics_path: '/metrics/detailed',
        params: { family: ['queue_coarse_metrics', 'queue_consumer_count'] },
        static_configs: local(stack.rabbitmq.prometheusPort),
      },
      { job_name: 'prometheus', static_configs: local(prometheusPort) },
      { job_name: 'alertmanager', static_configs: local(alertmanagerPort) },
    ],
  };
}
