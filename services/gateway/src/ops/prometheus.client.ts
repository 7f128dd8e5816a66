import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { monitoringServer, type MonitoringServer } from '../system/monitoring-server.js';
import type { Series } from './ops.schema.js';

const TIMEOUT_MS = 3_000;

/** The parts we read of `GET /api/v1/query_range`. */
const rangeAnswer = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
});

/** Instants at which values are asked for, in seconds since 1970. */
export interface Grid {
  readonly start: number;
  readonly step: number;
  readonly points: number;
}

export interface FoundSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: Series;
}

/** Reads values from Prometheus, which may be away. */
@Injectable()
export class PrometheusClient {
  private readonly server: MonitoringServer | undefined;

  constructor(@Inject(GATEWAY_CONFIG) config: GatewayConfig) {
    this.server = monitoringServer('Prometheus', config.MIRANTE_PROMETHEUS_URL, TIMEOUT_MS);
  }

  get isConfigured(): boolean {
    return this.server !== undefined;
  }

  /** @returns all series of all queries, in the order of the queries; undefined when one of them gave no answer */
  async ask(queries: readonly string[], grid: Grid): Promise<FoundSeries[][] | undefined> {
    const end = grid.start + (grid.points - 1) * grid.step;
    const times = { start: String(grid.start), end: String(end), step: String(grid.step) };
    const paths = queries.map((query) => `api/v1/query_range?${new URLSearchParams({ query, ...times })}`);
    const answers = await this.server?.ask(paths, rangeAnswer);
    return answers?.map(({ data }) =>
      data.result.map(({ metric, values }) => ({ labels: metric, values: onGrid(values, grid) })),
    );
  }
}

function onGrid(values: readonly (readonly [number, string])[], { start, step, points }: Grid): Series {
  const series: Series = Array.from({ length: points }, () => null);
  for (const [at, text] of values) {
    const index = Math.round((at - start) / step);
    const value = Number(text);
    // A quantile of nothing is NaN.
    if (index >= 0 && index < points && Number.isFinite(value)) series[index] = value;
  }
  return series;
}
