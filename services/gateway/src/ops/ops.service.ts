import { Injectable } from '@nestjs/common';
import { SystemService } from '../system/system.service.js';
import { LogReader } from './log-reader.service.js';
import { OpsMetrics } from './ops-metrics.service.js';
import { RANGES, type OpsState, type Range } from './ops.schema.js';
import type { Grid } from './prometheus.client.js';

const POINTS = 90;

/** Callers within this time share one look: it costs some twenty questions to Prometheus. */
const SHARED_MS = 2_000;

/** What an operator wants to know first. */
@Injectable()
export class OpsService {
  private readonly shared = new Map<Range, { at: number; state: Promise<OpsState> }>();

  constructor(
    private readonly system: SystemService,
    private readonly metrics: OpsMetrics,
    private readonly logs: LogReader,
  ) {}

  overview(range: Range): Promise<OpsState> {
    const now = Date.now();
    const known = this.shared.get(range);
    if (known && now - known.at < SHARED_MS) return known.state;
    const state = this.look(range, now);
    this.shared.set(range, { at: now, state });
    return state;
  }

  private async look(range: Range, now: number): Promise<OpsState> {
    const grid = gridOf(range, now);
    const [{ services, alerts, gateway }, metrics, logged] = await Promise.all([
      this.system.overview(),
      this.metrics.read(grid),
      this.logs.newestTroubles(),
    ]);
    const own = { service: 'gateway', version: gateway.version, instance: 'this', started_at: gateway.started_at, node: gateway.node, ready: true, checks: [] }; // prettier-ignore
    return {
      checked_at: new Date(now).toISOString(),
      range,
      from: new Date(grid.start * 1_000).toISOString(),
      step_seconds: grid.step,
      services: [{ service: 'gateway', status: 'up', reason: null, description: own }, ...services],
      alerts,
      metrics,
      logged,
    };
  }
}

/** The last point is now, or charts of a day would end a quarter of an hour ago. */
function gridOf(range: Range, now: number): Grid {
  const step = RANGES[range] / POINTS;
  const end = Math.floor(now / 1_000);
  return { start: end - (POINTS - 1) * step, step, points: POINTS };
}
