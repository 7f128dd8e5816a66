import { LATENCY_BUCKETS } from './buckets.js';
import { gauge, histogram } from './instruments.js';

/** How an operation ended. `error` is our fault, `rejected` the caller's. */
export type Outcome = 'success' | 'error' | 'rejected' | 'timeout';

export const httpServerDuration = histogram({
  name: 'http_server_request_duration_seconds',
  help: 'Duration of HTTP requests, from the first header to the end of the answer.',
  labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
  buckets: LATENCY_BUCKETS,
});

/** HTTP requests that are being answered now; set by whoever serves them, read before each scrape. */
export const activeRequests = { count: 0 };

gauge({
  name: 'http_server_active_requests',
  help: 'HTTP requests that are being answered now.',
  collect: (sut) => sut.set({}, activeRequests.count),
});

export const httpClientDuration = histogram({
  name: 'http_client_request_duration_seconds',
  help: 'Duration of outgoing HTTP requests, until the headers of the answer are there.',
  labelNames: ['http_request_method', 'server_address', 'http_response_status_code', 'error_type'],
  buckets: LATENCY_BUCKETS,
});

export const rpcServerDuration = histogram({
  name: 'rpc_server_duration_seconds',
  help: 'Duration of handling a remote call, without the time it waited in the queue.',
  labelNames: ['rpc_method', 'outcome'],
  buckets: LATENCY_BUCKETS,
});

export const rpcClientDuration = histogram({
  name: 'rpc_client_duration_seconds',
  help: 'Duration of a remote call as the caller sees it.',
  labelNames: ['rpc_method', 'outcome'],
  buckets: LATENCY_BUCKETS,
});

export const messagingProcessDuration = histogram({
  name: 'messaging_process_duration_seconds',
  help: 'Duration of handling one message or batch of a queue.',
  labelNames: ['messaging_destination_name', 'outcome'],
  buckets: LATENCY_BUCKETS,
});

export const messagingPublishDuration = histogram({
  name: 'messaging_publish_duration_seconds',
  help: 'Duration of publishing a message until the broker has confirmed it.',
  labelNames: ['messaging_destination_name', 'outcome'],
  buckets: LATENCY_BUCKETS,
});

export const dbClientDuration = histogram({
  name: 'db_client_operation_duration_seconds',
  help: 'Duration of database statements, without the wait for a connection.',
  labelNames: ['db_operation_name', 'db_collection_name', 'outcome'],
  buckets: LATENCY_BUCKETS,
});
