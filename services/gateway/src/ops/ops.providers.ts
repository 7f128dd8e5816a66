import { LogReader } from './log-reader.service.js';
import { OpsMetrics } from './ops-metrics.service.js';
import { OpsController } from './ops.controller.js';
import { OpsService } from './ops.service.js';
import { PrometheusClient } from './prometheus.client.js';
import { Runbooks } from './runbooks.service.js';

export const OPS_CONTROLLERS = [OpsController];

/** What they need beside what the gateway has anyway. */
export const OPS_PROVIDERS = [PrometheusClient, OpsMetrics, LogReader, OpsService, Runbooks];
