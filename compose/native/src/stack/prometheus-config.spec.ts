import { describe, expect, it } from 'vitest';
import type { StackConfig } from './config.js';
import { SERVER_PORTS } from './ports.js';
import { alertmanagerConfig, prometheusConfig } from './prometheus-config.js';

const services = [
  { name: 'one', needs: [] },
  { name: 'two', needs: [] },
];
const config = {
  services,
  publicAddress: { host: '0.0.0.0', port: 8080 },
  ports: Object.fromEntries([...SERVER_PORTS, 'one', 'two'].map((name, index) => [name, 20_000 + index])),
} as unknown as StackConfig;

interface ScrapeJob {
  job_name: string;
  static_configs: Array<{ targets: string[]; labels?: Record<string, string> }>;
}

describe('prometheusConfig', () => {
  const text = prometheusConfig(config, '/rules/*.yml');
  const sut = JSON.parse(text.replace(/^#.*\n/, '')) as {
    global: { external_labels: Record<string, string> };
    rule_files: string[];
    scrape_configs: ScrapeJob[];
  };

  it('should scrape the internal port of every service under its name', () => {
    expect(sut.scrape_configs.find((job) => job.job_name === 'mirante')!.static_configs).toEqual(
      services.map(({ name }) => ({ targets: [`127.0.0.1:${config.ports[name]}`], labels: { service: name } })),
    );
  });

  it('should load the rules and stay on this machine', () => {
    expect(sut.rule_files).toEqual(['/rules/*.yml']);
    const targets = sut.scrape_configs.flatMap((job) => job.static_configs.flatMap((entry) => entry.targets));
    expect(targets.filter((target) => !target.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('should let links in alerts begin where a browser finds the gateway', () => {
    expect(sut.global.external_labels).toEqual({ mirante_url: 'http://127.0.0.1:8080' });
  });
});

describe('alertmanagerConfig', () => {
  const read = (text: string) =>
    JSON.parse(text.replace(/^#.*\n/, '')) as { receivers: Array<{ name: string; webhook_configs?: unknown[] }> };

  it('should only show alerts until somebody says where they go', () => {
    expect(read(alertmanagerConfig({})).receivers.filter((receiver) => receiver.webhook_configs)).toEqual([]);
  });

  it('should post pages and tickets where the environment says', () => {
    const { receivers } = read(alertmanagerConfig({ MIRANTE_ALERT_WEBHOOK_URL: 'http://127.0.0.1:9/x' }));
    const posting = receivers.filter((receiver) => receiver.webhook_configs).map(({ name }) => name);
    expect(posting).toEqual(['page', 'ticket']);
  });
});
