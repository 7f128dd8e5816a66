import type { OpsState } from './ops.schema.js';

export const OPS_EXAMPLE: OpsState = {
  checked_at: '2026-03-01T09:00:00.000Z',
  range: '15m',
  from: '2026-03-01T08:59:40.000Z',
  step_seconds: 10,
  services: [
    {
      service: 'gateway',
      status: 'up',
      reason: null,
      description: {
        service: 'gateway',
        version: '0.1.0',
        instance: 'this',
        started_at: '2026-03-01T08:00:00.000Z',
        node: 'v24.15.0',
        ready: true,
        checks: [],
      },
    },
  ],
  alerts: {
    reachable: true,
    items: [
      {
        name: 'ParkingNotEmpty',
        severity: 'ticket',
        service: 'analytics',
        since: '2026-03-01T08:58:00.000Z',
        summary: '2 messages are parked',
        description: 'Nothing more happens to them until somebody looks.',
      },
    ],
  },
  metrics: {
    reachable: true,
    flows: [{ service: 'gateway', kind: 'http', rate: [4.2, 4.4, 4.1], errors: [0, 0, 0], p95: [0.02, 0.021, 0.02] }],
    queues: [{ queue: 'ev.analytics', ready: [0, 12, 3], unacked: 2, consumers: 1 }],
    gauges: [{ name: 'captures are behind by', of: 'mastodon', unit: 'seconds', values: [41, 51, 61] }],
  },
  logged: [
    {
      at: '2026-03-01T08:57:58.120Z',
      level: 'warn',
      service: 'analytics',
      logger: 'EventProcessor',
      message: 'event failed',
      error: 'Error: no connection',
      trace_id: '6433160e2347192cc6b472da8a60a145',
    },
  ],
};
