import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { messageOf } from '#libs/kernel';
import { createLogger, observedFetch } from '#libs/observability';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
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

const logger = createLogger('PrometheusClient');

/** Reads values from Prometheus, which may be away. */
@Injectable()
export class PrometheusClient {
  constructor(@Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig) {}

  get isConfigured(): boolean {
    return this.config.MIRANTE_PROMETHEUS_URL !== undefined;
  }

  /** @returns all series of all queries, in the order of the queries; undefined when one of them gave no answer */
  async ask(queries: readonly string[], grid: Grid): Promise<FoundSeries[][] | undefined> {
    try {
      return await Promise.all(queries.map((query) => this.askOne(query, grid)));
    } catch (error) {
      logger.warn(`Prometheus gave no usable answer: ${messageOf(error)}`, { event: { outcome: 'failure' } });
      return undefined;
    }
  }

  private async askOne(query: string, grid: Grid): Promise<FoundSeries[]> {
    const base = this.config.MIRANTE_PROMETHEUS_URL!;
    const end = grid.start + (grid.points - 1) * grid.step;
    const parameters = new URLSearchParams({
      query,
      start: String(grid.start),
      end: String(end),
      step: String(grid.step),
    });
    const address = new URL(`api/v1/query_range?${parameters}`, base.endsWith('/') ? base : `${base}/`);
    const response = await observedFetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { data } = rangeAnswer.parse(await response.json());
    return data.result.map(({ metric, values }) => ({ labels: metric, values: onGrid(values, grid) }));
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
