import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { createLogger, observedFetch } from '#libs/observability';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import type { SystemState } from './system.schema.js';

const TIMEOUT_MS = 1_500;

const utc = z.string().transform((text) => new Date(text).toISOString());

/** The parts we read of `GET /api/v2/alerts` of Alertmanager. */
const alertsAnswer = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
    startsAt: utc,
  }),
);

/** The parts we read of `GET /api/v1/targets` of Prometheus. */
const targetsAnswer = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({
        labels: z.object({ job: z.string(), instance: z.string() }),
        health: z.enum(['up', 'down', 'unknown']),
        lastScrape: utc,
      }),
    ),
  }),
});

const logger = createLogger('MonitoringClient');

/** Reads the monitoring servers. They may be away: what watches never gates what works. */
@Injectable()
export class MonitoringClient {
  constructor(@Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig) {}

  async alerts(): Promise<SystemState['alerts']> {
    const path = 'api/v2/alerts?active=true&silenced=false&inhibited=false';
    const answer = await this.read(this.config.MIRANTE_ALERTMANAGER_URL, path, alertsAnswer);
    if (!answer) return answer === null ? null : { reachable: false, items: [] };
    const items = answer.map(({ labels, annotations, startsAt }) => ({
      name: labels['alertname'] ?? 'unnamed',
      severity: labels['severity'] ?? null,
      service: labels['service'] ?? null,
      since: startsAt,
      summary: annotations['summary'] ?? null,
      description: annotations['description'] ?? null,
    }));
    return { reachable: true, items };
  }

  async targets(): Promise<SystemState['targets']> {
    const answer = await this.read(this.config.MIRANTE_PROMETHEUS_URL, 'api/v1/targets?state=active', targetsAnswer);
    if (!answer) return answer === null ? null : { reachable: false, items: [] };
    const items = answer.data.activeTargets.map(({ labels, health, lastScrape }) => ({
      ...labels,
      health,
      last_scrape_at: lastScrape,
    }));
    return { reachable: true, items };
  }

  /** @returns null when no server is configured, undefined when it gave no usable answer */
  private async read<T>(base: string | undefined, path: string, schema: z.ZodType<T>): Promise<T | null | undefined> {
    if (base === undefined) return null;
    try {
      const response = await observedFetch(new URL(path, base.endsWith('/') ? base : `${base}/`), {
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return schema.parse(await response.json());
    } catch (error) {
      logger.warn('a monitoring server gave no usable answer', { event: { outcome: 'failure' } }, error);
      return undefined;
    }
  }
}
