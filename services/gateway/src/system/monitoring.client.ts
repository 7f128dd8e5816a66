import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { monitoringServer, type MonitoringServer } from './monitoring-server.js';
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

/** Reads the monitoring servers. */
@Injectable()
export class MonitoringClient {
  private readonly alertmanager: MonitoringServer | undefined;
  private readonly prometheus: MonitoringServer | undefined;

  constructor(@Inject(GATEWAY_CONFIG) config: GatewayConfig) {
    this.alertmanager = monitoringServer('Alertmanager', config.MIRANTE_ALERTMANAGER_URL, TIMEOUT_MS);
    this.prometheus = monitoringServer('Prometheus', config.MIRANTE_PROMETHEUS_URL, TIMEOUT_MS);
  }

  async alerts(): Promise<SystemState['alerts']> {
    if (!this.alertmanager) return null;
    const path = 'api/v2/alerts?active=true&silenced=false&inhibited=false';
    const [answer] = (await this.alertmanager.ask([path], alertsAnswer)) ?? [];
    if (!answer) return { reachable: false, items: [] };
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
    if (!this.prometheus) return null;
    const [answer] = (await this.prometheus.ask(['api/v1/targets?state=active'], targetsAnswer)) ?? [];
    if (!answer) return { reachable: false, items: [] };
    const items = answer.data.activeTargets.map(({ labels, health, lastScrape }) => ({
      ...labels,
      health,
      last_scrape_at: lastScrape,
    }));
    return { reachable: true, items };
  }
}
