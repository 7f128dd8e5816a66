import type { ServiceName } from '../../harness/stack.js';

/** What a service must show after one import, one report, one task and one visit; a new service is one more entry. */
export interface ExpectedSignals {
  /** Metrics whose sum over the service is more than 0. */
  readonly metrics: readonly string[];
  /** `event.action` of lines, each under a trace. */
  readonly actions: readonly string[];
}

const CALLED = 'rpc_server_duration_seconds_count';
const STORING = 'db_client_operation_duration_seconds_count';
const HEARING = 'messaging_process_duration_seconds_count';
const ANNOUNCING = 'outbox_published_messages_total';
const EVERYWHERE = ['build_info', 'process_cpu_seconds_total', 'log_lines_total'];

export const SIGNALS: Record<ServiceName, ExpectedSignals> = {
  gateway: {
    metrics: [
      ...EVERYWHERE,
      'http_server_request_duration_seconds_count',
      'rpc_client_duration_seconds_count',
      'messaging_publish_duration_seconds_count',
      'blob_free_bytes',
      'visits_total',
    ],
    actions: ['service-started', 'http-request', 'rpc.call'],
  },
  'twitter-ingest': {
    metrics: [...EVERYWHERE, CALLED, STORING, HEARING, ANNOUNCING, 'capture_posts_total', 'blob_free_bytes'],
    actions: ['service-started', 'rpc.handle', 'import-stored', 'outbox.publish', 'messaging.process'],
  },
  analytics: {
    metrics: [...EVERYWHERE, CALLED, STORING, HEARING, ANNOUNCING, 'rollup_posts_applied_total'],
    actions: ['service-started', 'rpc.handle', 'messaging.process', 'rollup-apply', 'outbox.publish'],
  },
  'image-tasks': {
    metrics: [
      ...EVERYWHERE,
      CALLED,
      STORING,
      HEARING,
      ANNOUNCING,
      'job_queue_seconds_count',
      'job_execution_seconds_count',
      'job_lead_seconds_count',
      'job_slices_total',
      'blob_free_bytes',
    ],
    actions: ['service-started', 'rpc.handle', 'messaging.process', 'job-ended', 'outbox.publish'],
  },
  visitors: {
    metrics: [...EVERYWHERE, CALLED, STORING, HEARING, 'visit_lag_seconds_count', 'visit_batch_size_hits_count'],
    actions: ['service-started', 'rpc.handle', 'messaging.process'],
  },
};

/** Who must have worked below a span of whom. Visits are handed on many at a time: that is a trace of its own. */
export interface TraceEdge {
  readonly from: ServiceName;
  readonly to: ServiceName;
  /** `event.action` of the line that tells of the work below. */
  readonly as: 'rpc.handle' | 'messaging.process';
  readonly when: string;
}

export const TRACE_EDGES: readonly TraceEdge[] = [
  { from: 'gateway', to: 'twitter-ingest', as: 'rpc.handle', when: 'an import is asked for' },
  { from: 'gateway', to: 'analytics', as: 'rpc.handle', when: 'a report is asked for' },
  { from: 'gateway', to: 'image-tasks', as: 'rpc.handle', when: 'a task is handed in' },
  { from: 'gateway', to: 'visitors', as: 'rpc.handle', when: 'the main page asks for its figures' },
  { from: 'twitter-ingest', to: 'analytics', as: 'messaging.process', when: 'posts were stored' },
  { from: 'analytics', to: 'twitter-ingest', as: 'messaging.process', when: 'posts are in the reports' },
  { from: 'image-tasks', to: 'image-tasks', as: 'messaging.process', when: 'webhooks hear of a task' },
];
