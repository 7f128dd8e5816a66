import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestVhost, eventually } from '#libs/testing';
import { connect } from 'amqplib';
import { repoRoot } from '../../compose/native/src/repo.js';
import { freePort } from '../../compose/native/src/servers/ports.js';
import { startAlertmanager, startPrometheus, type RunningServer } from '../../compose/native/src/servers/index.js';
import { alertmanagerConfig } from '../src/alertmanager/alertmanager-config.js';
import { prometheusServerConfig } from '../src/prometheus/server-config.js';
import { readCatalogue } from '../src/signals/catalogue.js';

const { foreignMetrics } = readCatalogue(repoRoot);
const dir = mkdtempSync(join(tmpdir(), 'foreign-'));
const running: RunningServer[] = [];
const addresses = new Map<string, string>();

beforeAll(async () => {
  const [alertmanager, prometheus] = [join(dir, 'alertmanager.yml'), join(dir, 'prometheus.yml')];
  const port = await freePort();
  const broker = await portOfBroker();
  writeFileSync(alertmanager, JSON.stringify(alertmanagerConfig({})));
  const watching = await startAlertmanager({ dir: join(dir, 'alertmanager'), configFile: alertmanager });
  running.push(watching);
  const config = prometheusServerConfig({
    interval: '1s',
    scrapeTimeout: '1s',
    address: 'http://127.0.0.1',
    ruleFiles: [join(repoRoot, 'observability/prometheus/rules/*.yml')],
    services: [],
    rabbitmq: { targets: [`127.0.0.1:${broker}`] },
    prometheus: { targets: [`127.0.0.1:${port}`] },
    alertmanager: { targets: [`127.0.0.1:${watching.port}`] },
  });
  writeFileSync(prometheus, JSON.stringify(config));
  running.push(await startPrometheus({ dir: join(dir, 'prometheus'), port, configFile: prometheus }));
  const detailed = config.scrape_configs.find(({ job_name }) => job_name === 'rabbitmq-queues') as {
    metrics_path: string;
    params: { family: string[] };
  };
  const families = detailed.params.family.map((family) => `family=${family}`).join('&');
  addresses
    .set('prometheus', `http://127.0.0.1:${port}/metrics`)
    .set('alertmanager', `http://127.0.0.1:${watching.port}/metrics`)
    .set('rabbitmq', `http://127.0.0.1:${broker}/metrics`)
    .set('rabbitmq-queues', `http://127.0.0.1:${broker}${detailed.metrics_path}?${families}`);
});

afterAll(async () => {
  await Promise.all(running.map((server) => server.kill()));
  rmSync(dir, { recursive: true, force: true });
});

describe('metrics of other programs that rules and panels use', () => {
  it.each(['prometheus', 'alertmanager', 'rabbitmq', 'rabbitmq-queues'])('should be shown by %s', async (job) => {
    const { url, close } = await queueInUse();
    try {
      const used = foreignMetrics.filter((metric) => metric.job === job);
      expect(used.length, url).toBeGreaterThan(2);
      // The broker counts a queue some seconds after it was made.
      await eventually(
        async () => {
          const series = readSeries(await (await fetch(addresses.get(job)!)).text());
          expect(used.flatMap(({ name, labels, type }) => problemsOf(name, labels, type, series))).toEqual([]);
        },
        { timeoutMs: 30_000, everyMs: 500 },
      );
    } finally {
      await close();
    }
  });
});

function problemsOf(name: string, labels: readonly string[], type: string, series: Map<string, Set<string>>): string[] {
  const shown = series.get(type === 'histogram' ? `${name}_bucket` : type === 'summary' ? `${name}_count` : name);
  if (!shown) return [`${name} is not shown`];
  return labels.filter((label) => !shown.has(label)).map((label) => `${name} has no label ${label}`);
}

/** Names of series with the labels they have. */
function readSeries(body: string): Map<string, Set<string>> {
  const series = new Map<string, Set<string>>();
  for (const [, name, labels = ''] of body.matchAll(/^([a-z]\w*)(?:\{(.*)\})? /gm)) {
    const known = series.get(name!) ?? new Set();
    for (const [, label] of labels.matchAll(/(\w+)="/g)) known.add(label!);
    series.set(name!, known);
  }
  return series;
}

/** A broker without queues shows nothing about queues. */
async function queueInUse() {
  const vhost = await createTestVhost();
  const connection = await connect(vhost.amqpUrl);
  const channel = await connection.createChannel();
  const { queue } = await channel.assertQueue('ev.looked-at');
  await channel.consume(queue, () => {});
  return {
    url: vhost.amqpUrl,
    close: async () => {
      await connection.close();
      await vhost.delete();
    },
  };
}

async function portOfBroker(): Promise<number> {
  const { origin, username, password } = new URL(process.env['MIRANTE_TEST_RABBIT_MANAGEMENT']!);
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const answer = await fetch(`${origin}/api/overview`, { headers: { authorization: `Basic ${login}` } });
  const { listeners } = (await answer.json()) as { listeners: Array<{ protocol: string; port: number }> };
  const listener = listeners.find(({ protocol }) => protocol === 'http/prometheus');
  if (!listener) throw new Error('the broker shows no metrics');
  return listener.port;
}
