import { counter, gauge, histogram } from '#libs/observability';

const LAG_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 21_600];

export const messagesInFlight = gauge({
  name: 'messaging_in_flight_messages',
  help: 'Deliveries that are being handled and not yet settled',
  labelNames: ['queue'],
});

export const rpcCallsInFlight = gauge({
  name: 'rpc_client_in_flight_calls',
  help: 'Calls that wait for an answer',
  labelNames: [],
});

export const redelivered = counter({
  name: 'messaging_redelivered_messages_total',
  help: 'Deliveries the broker marks as seen before: a consumer died or lost its connection before it settled them',
  labelNames: ['queue'],
});

export const returned = counter({
  name: 'messaging_returned_messages_total',
  help: 'Published messages that no queue took',
  labelNames: ['exchange'],
});

export const refusedPublishes = counter({
  name: 'messaging_publish_failures_total',
  help: 'Messages that were not published, by reason',
  labelNames: ['exchange', 'reason'],
});

export const reconnects = counter({
  name: 'messaging_reconnects_total',
  help: 'Connections to the broker that were opened again after a loss',
  labelNames: ['purpose'],
});

export const publishersBlocked = gauge({
  name: 'messaging_publishers_blocked',
  help: '1 while the broker takes no messages because its memory or disk alarm is on',
  labelNames: [],
});

export const cancelledConsumers = counter({
  name: 'messaging_cancelled_consumers_total',
  help: 'Consumers that ended without our doing, by reason',
  labelNames: ['queue', 'reason'],
});

export const expiredCalls = counter({
  name: 'rpc_server_expired_calls_total',
  help: 'Calls that were dropped without running because their deadline had passed',
  labelNames: ['rpc_method'],
});

export const retriedEvents = counter({
  name: 'messaging_retried_messages_total',
  help: 'Events sent up the retry ladder, by rung',
  labelNames: ['event', 'step'],
});

export const parkedMessages = counter({
  name: 'messaging_parked_messages_total',
  help: 'Messages sent to the parking queue, where an operator has to look at them',
  labelNames: ['queue', 'code'],
});

export const queueLag = histogram({
  name: 'messaging_queue_lag_seconds',
  help: 'Age of an event when its handler starts',
  labelNames: ['event', 'queue'],
  buckets: LAG_SECONDS,
});

export const batchSize = histogram({
  name: 'messaging_batch_size_messages',
  help: 'Events handled together in one batch',
  labelNames: ['event'],
  buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000],
});
