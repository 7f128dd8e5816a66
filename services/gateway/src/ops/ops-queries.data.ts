/** PromQL for the page of operators; `W` stands for the window of rates. */

interface Red {
  readonly rate: string;
  readonly errors: string;
  readonly p95: string;
}

function red(metric: string, selector: string, failed: string): Red {
  const rate = (more: string) =>
    `sum by (service) (rate(${metric}_count{job="mirante",${selector}${selector && more ? ',' : ''}${more}}[W]))`;
  return {
    rate: rate(''),
    errors: rate(failed),
    p95: `histogram_quantile(0.95, sum by (service, le) (rate(${metric}_bucket{job="mirante",${selector}}[W])))`,
  };
}

/** Streams of events last as long as somebody watches; that says nothing of how fast we are. */
const NO_STREAMS = 'http_route!~".*/events"';

export const RED_QUERIES = {
  http: red('http_server_request_duration_seconds', NO_STREAMS, 'http_response_status_code=~"5.."'),
  rpc: red('rpc_server_duration_seconds', '', 'outcome=~"error|timeout"'),
  event: red('messaging_process_duration_seconds', '', 'outcome="error"'),
} as const;

/** Replies come over queues that live as long as a connection. */
const OUR_QUEUES = 'queue!~"amq[.].*"';

export const QUEUE_QUERIES = {
  ready: `sum by (queue) (rabbitmq_detailed_queue_messages_ready{${OUR_QUEUES}})`,
  unacked: `sum by (queue) (rabbitmq_detailed_queue_messages_unacked{${OUR_QUEUES}})`,
  consumers: `sum by (queue) (rabbitmq_detailed_queue_consumers{${OUR_QUEUES}})`,
} as const;

export interface GaugeQuery {
  readonly name: string;
  readonly unit: 'seconds' | 'bytes' | 'none';
  /** Label that tells its series apart. */
  readonly by: string;
  readonly query: string;
}

export const GAUGE_QUERIES: readonly GaugeQuery[] = [
  {
    name: 'oldest event not published',
    unit: 'seconds',
    by: 'service',
    query: 'max by (service) (outbox_oldest_pending_age_seconds{job="mirante"})',
  },
  {
    name: 'oldest job that waits',
    unit: 'seconds',
    by: 'class',
    query: 'max by (class) (job_oldest_waiting_age_seconds{job="mirante"})',
  },
  {
    name: 'jobs that have not ended',
    unit: 'none',
    by: 'class',
    query: 'sum by (class) (max by (class, state) (jobs_open{job="mirante"}))',
  },
  {
    name: 'captures are behind by',
    unit: 'seconds',
    by: 'source',
    query:
      'max by (source) (capture_lag_seconds{job="mirante"}) and on (source) sum by (source) (capture_parts{job="mirante"}) > 0',
  },
  {
    name: 'event loop is late by (p99)',
    unit: 'seconds',
    by: 'service',
    query: 'max by (service) (nodejs_eventloop_lag_p99_seconds{job="mirante"})',
  },
  {
    name: 'memory',
    unit: 'bytes',
    by: 'service',
    query: 'sum by (service) (process_resident_memory_bytes{job="mirante"})',
  },
];
