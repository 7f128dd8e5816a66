import type { FaultFlag } from '#libs/faults';
import type { ServiceName } from '../../harness/stack.js';

/** A fault, where it is switched on, and what has to be heard of it. */
export interface FaultCase {
  readonly flag: FaultFlag;
  readonly service: ServiceName;
  readonly target?: string;
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  /** From switching on until the alert is at the webhook. */
  readonly withinSeconds: number;
}

/** How long an alert may go on after its fault is over; the slowest has to look back over its whole window first. */
export const CLEARS_WITHIN_SECONDS = 60;

export const FAULT_CASES: readonly FaultCase[] = [
  {
    flag: 'slow-route',
    service: 'gateway',
    target: '/api/v1/posts',
    alert: 'HttpLatencyErrorBudgetBurn',
    labels: { service: 'gateway', severity: 'page' },
    withinSeconds: 45,
  },
  {
    flag: 'failing-handler',
    service: 'analytics',
    target: 'analytics.report.summary',
    alert: 'RpcAvailabilityErrorBudgetBurn',
    labels: { service: 'analytics', severity: 'page' },
    withinSeconds: 45,
  },
  {
    flag: 'stuck-consumer',
    service: 'analytics',
    target: 'ev.analytics',
    alert: 'StuckConsumer',
    labels: { service: 'analytics', queue: 'ev.analytics', severity: 'page' },
    withinSeconds: 45,
  },
  {
    flag: 'log-flood',
    service: 'visitors',
    alert: 'LogLinesDropped',
    labels: { service: 'visitors', severity: 'ticket' },
    withinSeconds: 45,
  },
  {
    flag: 'cardinality-storm',
    service: 'image-tasks',
    alert: 'CardinalityOverflow',
    labels: { service: 'image-tasks', metric: 'fault_storm_observations_total', severity: 'ticket' },
    withinSeconds: 45,
  },
  {
    flag: 'disk-almost-full',
    service: 'gateway',
    alert: 'DiskSpaceLow',
    labels: { service: 'gateway', severity: 'ticket' },
    withinSeconds: 45,
  },
  {
    flag: 'ingest-stalled',
    service: 'twitter-ingest',
    alert: 'IngestStalled',
    labels: { service: 'twitter-ingest', source: 'mastodon', severity: 'page' },
    // A minute behind is not yet stalled, however fast the rules are.
    withinSeconds: 120,
  },
];
