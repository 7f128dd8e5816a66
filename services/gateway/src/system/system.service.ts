import { Inject, Injectable } from '@nestjs/common';
import { describeSystem, VISITOR_DEFINITION, type VisitorSummary } from '#libs/contracts';
import { CodedError } from '#libs/kernel';
import { RpcClient } from '#libs/messaging';
import { readBuildInfo } from '#libs/service-kit';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { VisitorFigures } from '../visits/visitor-figures.service.js';
import { MonitoringClient } from './monitoring.client.js';
import type { Build, ServiceState, SystemState, Version } from './system.schema.js';

const ANSWER_TIMEOUT_MS = 1_500;

/** Callers within this time share one look: the overview costs a call to every service. */
const SHARED_MS = 1_000;

@Injectable()
export class SystemService {
  readonly build: Build = { ...readBuildInfo(), node: process.version };
  private readonly startedAt = new Date().toISOString();
  private shared: { at: number; state: Promise<SystemState> } | undefined;

  constructor(
    private readonly rpc: RpcClient,
    private readonly monitoring: MonitoringClient,
    private readonly figures: VisitorFigures,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  async version(): Promise<Version> {
    const summary = await this.figures.read();
    return {
      ...this.build,
      visitors: {
        today: summary && { unique: summary.today.unique, hits: summary.today.hits, exact: true },
        month: summary && monthOf(summary),
        definition: VISITOR_DEFINITION,
      },
    };
  }

  overview(): Promise<SystemState> {
    const now = Date.now();
    if (!this.shared || now - this.shared.at >= SHARED_MS) this.shared = { at: now, state: this.look() };
    return this.shared.state;
  }

  private async look(): Promise<SystemState> {
    const [services, alerts, targets] = await Promise.all([
      Promise.all(this.config.MIRANTE_SERVICES.map((service) => this.ask(service))),
      this.monitoring.alerts(),
      this.monitoring.targets(),
    ]);
    return {
      status: services.every(({ status }) => status === 'up') ? 'up' : 'degraded',
      gateway: { ...this.build, started_at: this.startedAt },
      services,
      alerts,
      targets,
      checked_at: new Date().toISOString(),
    };
  }

  private async ask(service: string): Promise<ServiceState> {
    try {
      const description = await this.rpc.call(describeSystem(service), {}, { timeoutMs: ANSWER_TIMEOUT_MS });
      return { service, status: description.ready ? 'up' : 'degraded', reason: null, description };
    } catch (error) {
      const reason = error instanceof CodedError ? error.code : 'INTERNAL';
      return { service, status: 'down', reason, description: null };
    }
  }
}

function monthOf({ month }: VisitorSummary): Version['visitors']['month'] {
  const { unique, hits, exact, error_pct } = month;
  return { unique, hits, exact, ...(error_pct !== undefined && { error_pct }) };
}
