import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertGroups } from '../../src/prometheus/alert-rules.js';
import { recordingGroups } from '../../src/prometheus/recording-rules.js';
import { sloGroups } from '../../src/prometheus/slo-rules.js';
import type { Catalogue } from '../../src/signals/catalogue.js';
import type { SyntheticStack } from './synthetic-stack.js';

/**
 * A configuration that scrapes a synthetic stack every second. The rules are those of the catalogue with one difference:
 * they are computed every second, and alerts do not wait.
 *
 * @returns path of prometheus.yml
 */
export function writePrometheusFiles(dir: string, port: number, stack: SyntheticStack, catalogue: Catalogue): string {
  mkdirSync(dir, { recursive: true });
  const groups = [...recordingGroups(catalogue), ...sloGroups(catalogue), ...alertGroups(catalogue)].map((group) => ({
    ...group,
    interval: '1s',
    rules: group.rules.map(({ for: _wait, keep_firing_for: _keep, ...rule }) => rule),
  }));
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [write(dir, 'rules.json', { groups })],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [stack.address] }] }] },
    scrape_configs: [
      { job_name: 'prometheus', static_configs: [{ targets: [`127.0.0.1:${port}`] }] },
      ...[...new Set(stack.targets.map(({ job }) => job))].map((job) => ({
        job_name: job,
        static_configs: stack.targets
          .filter((target) => target.job === job)
          .map(({ path, service }) => ({
            targets: [stack.address],
            labels: { __metrics_path__: path, instance: `host${path}`, ...(service && { service }) },
          })),
      })),
    ],
  };
  return write(dir, 'prometheus.json', config);
}

/** JSON is YAML (YAML 1.2 section 1.3). */
function write(dir: string, name: string, value: unknown): string {
  const file = join(dir, name);
  writeFileSync(file, JSON.stringify(value));
  return file;
}
