import { METRIC_VIEW } from '../data-views.js';
import { samples, TIME, timeSeries } from '../esql.js';
import type { Dashboard } from '../model.js';
import { OVER_TIME } from '../panels.js';
import { TIMELION } from '../timelion.js';

/** Counters are rates over a minute; the source command makes the buckets. */
const MINUTE = 'TBUCKET(1 minute)';

export const prometheusDashboard: Dashboard = {
  id: 'mirante-prometheus',
  title: 'Mirante: Prometheus metrics in Elasticsearch',
  description:
    'Samples that Prometheus sends by remote_write, beside the logs. The full picture is in Grafana; this is for who looks at logs and wants the figures next to them.',
  from: 'now-3h',
  controls: [{ field: 'labels.service', title: 'Service', dataView: METRIC_VIEW }],
  panels: [
    {
      kind: 'chart',
      id: 'requests',
      title: 'Requests per second',
      description: 'Answers of the gateway, all routes.',
      grid: { x: 0, y: 0, w: 24, h: 14 },
      only: 'api',
      query: timeSeries(
        `STATS requests = SUM(RATE(metrics.http_server_request_duration_seconds_count)) BY ${MINUTE}, labels.service`,
      ),
      shape: 'line',
      x: { name: MINUTE, label: 'time' },
      overTime: true,
      y: [{ name: 'requests' }],
      splitBy: 'labels.service',
    },
    {
      kind: 'chart',
      id: 'calls',
      title: 'Calls between services per second',
      description: 'Answered calls by service.',
      grid: { x: 24, y: 0, w: 24, h: 14 },
      only: 'api',
      query: timeSeries(
        `STATS calls = SUM(RATE(metrics.rpc_server_duration_seconds_count)) BY ${MINUTE}, labels.service`,
      ),
      shape: 'line',
      x: { name: MINUTE, label: 'time' },
      overTime: true,
      y: [{ name: 'calls' }],
      splitBy: 'labels.service',
    },
    {
      kind: 'chart',
      id: 'outbox',
      title: 'Age of the oldest event that waits',
      description: 'Events leave within a second. Minutes mean that the broker is away, or that nobody takes them.',
      grid: { x: 0, y: 14, w: 24, h: 14 },
      query: samples(`STATS age = MAX(metrics.outbox_oldest_pending_age_seconds) BY ${TIME}, labels.service`),
      shape: 'line',
      ...OVER_TIME,
      y: [{ name: 'age', format: 'seconds' }],
      splitBy: 'labels.service',
    },
    {
      kind: 'chart',
      id: 'memory',
      title: 'Resident memory',
      description: 'A line that only rises is a leak.',
      grid: { x: 24, y: 14, w: 24, h: 14 },
      query: samples(`STATS bytes = MAX(metrics.process_resident_memory_bytes) BY ${TIME}, labels.service`),
      shape: 'line',
      ...OVER_TIME,
      y: [{ name: 'bytes', format: 'bytes' }],
      splitBy: 'labels.service',
    },
    {
      kind: 'visualization',
      id: 'outbox-timelion',
      title: '[Legacy] Age of the oldest event that waits, in Timelion',
      description: 'The twin of the panel above it, for who still reads Timelion. Kibana 9 draws it and 10 removes it.',
      grid: { x: 0, y: 28, w: 48, h: 14 },
      only: 'ndjson',
      visualization: TIMELION.id,
    },
  ],
};
