import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Knowledge, KnownMetric } from '../../src/grafana/lint/knowledge.js';
import { syntheticExposition } from './synthetic-exposition.js';

/** A program that is scraped: path, and the labels its scrape adds. */
export interface SyntheticTarget {
  readonly path: string;
  readonly job: string;
  readonly service?: string;
  readonly metrics: readonly KnownMetric[];
}

export interface SyntheticStack {
  readonly address: string;
  readonly targets: readonly SyntheticTarget[];
  close(): Promise<void>;
}

/** Every program of the stack but Prometheus, as far as their metrics go. It also takes alerts, as Alertmanager does. */
export async function startSyntheticStack(
  knowledge: Knowledge,
  services: readonly string[],
  more: readonly SyntheticTarget[] = [],
): Promise<SyntheticStack> {
  const targets = [...targetsOf(knowledge, services), ...more];
  const startedAt = Date.now();
  const server = createServer((request, response) => {
    const target = targets.find(({ path }) => path === request.url);
    request.resume();
    if (request.method === 'POST') response.end('{"status":"success"}');
    else if (!target) response.writeHead(404).end();
    else {
      response.setHeader('content-type', 'application/openmetrics-text; version=1.0.0; charset=utf-8');
      response.end(syntheticExposition(target.metrics, Math.floor((Date.now() - startedAt) / 1_000)));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    targets,
    close: () => closed(server),
  };
}

/** Metrics of a service belong to it alone; those of libs and of Node.js to all. */
function targetsOf({ metrics }: Knowledge, services: readonly string[]): SyntheticTarget[] {
  const known = [...metrics.values()].filter(({ type }) => type !== 'rule');
  const ofJob = (job: string) => known.filter(({ jobs }) => jobs.length === 1 && jobs[0] === job);
  const jobs = new Set(known.filter(({ jobs: from }) => from.length === 1).flatMap(({ jobs: from }) => from));
  jobs.delete('mirante');
  jobs.delete('prometheus');
  return [
    ...services.map((service) => ({
      path: `/mirante/${service}`,
      job: 'mirante',
      service,
      metrics: ofJob('mirante').filter(
        ({ owner = '' }) => !owner.startsWith('services/') || owner === `services/${service}`,
      ),
    })),
    ...[...jobs].map((job) => ({ path: `/${job}`, job, metrics: ofJob(job) })),
  ];
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
