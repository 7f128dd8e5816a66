import { Injectable } from '@nestjs/common';
import { GAUGE_QUERIES, QUEUE_QUERIES, RED_QUERIES } from './ops-queries.data.js';
import type { Flow, Gauge, OpsState, Queue, Series } from './ops.schema.js';
import { PrometheusClient, type FoundSeries, type Grid } from './prometheus.client.js';

const KINDS = ['http', 'rpc', 'event'] as const;
const RED = KINDS.flatMap((kind) => Object.values(RED_QUERIES[kind]));
const QUEUES = Object.values(QUEUE_QUERIES);
const GAUGES = GAUGE_QUERIES.map(({ query }) => query);

/** Four scrapes at the usual distance: less, and a single late scrape would look like silence. */
const SMALLEST_WINDOW_SECONDS = 60;

/** Rate, errors and duration of every service, depths of queues, and how late work is. */
@Injectable()
export class OpsMetrics {
  constructor(private readonly prometheus: PrometheusClient) {}

  async read(grid: Grid): Promise<OpsState['metrics']> {
    if (!this.prometheus.isConfigured) return null;
    const window = `${Math.max(SMALLEST_WINDOW_SECONDS, grid.step)}s`;
    const queries = [...RED, ...QUEUES, ...GAUGES].map((query) => query.replaceAll('[W]', `[${window}]`));
    const found = await this.prometheus.ask(queries, grid);
    if (!found) return { reachable: false, flows: [], queues: [], gauges: [] };
    const none = Array.from({ length: grid.points }, () => null);
    return {
      reachable: true,
      flows: flowsIn(found.slice(0, RED.length), none),
      queues: queuesIn(found.slice(RED.length, RED.length + QUEUES.length)),
      gauges: gaugesIn(found.slice(RED.length + QUEUES.length)),
    };
  }
}

function flowsIn(found: readonly FoundSeries[][], none: Series): Flow[] {
  const flows = KINDS.flatMap((kind, index) => {
    const [rate = [], errors = [], p95 = []] = found.slice(3 * index, 3 * index + 3);
    return rate.map(({ labels, values }): Flow => {
      const service = labels['service'] ?? '';
      const of = (all: readonly FoundSeries[]) => all.find((series) => series.labels['service'] === service)?.values;
      // Where nothing failed there is no series of failures.
      return { service, kind, rate: values, errors: of(errors) ?? zeroWhere(values), p95: of(p95) ?? none };
    });
  });
  return flows.sort((a, b) => compare(a.service, b.service));
}

function zeroWhere(values: Series): Series {
  return values.map((value) => (value === null ? null : 0));
}

function queuesIn([ready = [], unacked = [], consumers = []]: readonly FoundSeries[][]): Queue[] {
  return ready
    .map(({ labels, values }) => {
      const queue = labels['queue'] ?? '';
      const last = (all: readonly FoundSeries[]) =>
        lastOf(all.find((series) => series.labels['queue'] === queue)?.values ?? []);
      return { queue, ready: values, unacked: last(unacked), consumers: last(consumers) };
    })
    .sort((a, b) => compare(a.queue, b.queue));
}

function gaugesIn(found: readonly FoundSeries[][]): Gauge[] {
  return found.flatMap((all, index) => {
    const { name, unit, by } = GAUGE_QUERIES[index]!;
    return all
      .map(({ labels, values }) => ({ name, of: labels[by] ?? '', unit, values }))
      .sort((a, b) => compare(a.of, b.of));
  });
}

/** The newest value; null when there is none at the newest instant or the one before. */
export function lastOf(values: Series): number | null {
  return values.at(-1) ?? values.at(-2) ?? null;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
