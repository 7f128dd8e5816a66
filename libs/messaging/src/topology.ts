/** Exchange of all domain events; the routing key is the event's contract name. */
export const EVENTS_EXCHANGE = 'events';
/** Exchange of messages nobody could handle; feeds {@link PARKING_QUEUE}. */
export const DEAD_LETTER_EXCHANGE = 'dlx';
/** Where messages wait for an operator. */
export const PARKING_QUEUE = 'parking';

/** One rung of the retry ladder: a queue in which failed events wait `delayMs` before they go back. */
export interface RetryStep {
  readonly name: string;
  readonly delayMs: number;
}

/** How long a failed event waits before it is handled again: 1 s, 10 s, 60 s, 10 min. */
export const DEFAULT_LADDER: readonly RetryStep[] = [
  { name: '1s', delayMs: 1_000 },
  { name: '10s', delayMs: 10_000 },
  { name: '60s', delayMs: 60_000 },
  { name: '10m', delayMs: 600_000 },
];

export interface ExchangeDeclaration {
  readonly name: string;
  readonly type: 'topic' | 'fanout';
}

export interface QueueDeclaration {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface Binding {
  readonly queue: string;
  readonly exchange: string;
  readonly key: string;
}

/** Everything a process declares before it consumes. All of it is durable. */
export interface Topology {
  readonly exchanges: readonly ExchangeDeclaration[];
  readonly queues: readonly QueueDeclaration[];
  readonly bindings: readonly Binding[];
}

/**
 * Listing reads and returns messages, which counts as a delivery; RabbitMQ 4 drops a message after 20 of them unless told
 * otherwise. Its "no limit" of -1 must not be used: RabbitMQ 3.10 takes it and then drops a message on its first return.
 */
export const PARKING: QueueDeclaration = {
  name: PARKING_QUEUE,
  arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000_000 },
};

export interface TopologyOptions {
  service: string;
  /** Routing keys the service listens to. */
  eventNames: readonly string[];
  /** Whether the service answers calls. */
  answersCalls: boolean;
  /** Queues beside the main one, by name, with the routing keys they hear. */
  sideQueues?: readonly { readonly name: string; readonly eventNames: readonly string[] }[];
  singleActiveConsumer?: boolean;
  ladder?: readonly RetryStep[];
}

/** Queue of the calls a service answers. */
export function rpcQueueOf(service: string): string {
  return `rpc.${service}`;
}

/** Queue of the events a service hears; `side` names one beside the main queue. */
export function eventQueueOf(service: string, side?: string): string {
  return side === undefined ? `ev.${service}` : `ev.${service}.${side}`;
}

export function retryExchangeOf(step: RetryStep): string {
  return `retry.${step.name}`;
}

/**
 * Queue arguments can never be changed after the first declare, so they hold only what cannot be a policy. They are
 * accepted by RabbitMQ 3.10 and 4.x alike.
 */
export function topologyOf(options: TopologyOptions): Topology {
  const shared = sharedTopology(options.ladder ?? DEFAULT_LADDER);
  const queues: QueueDeclaration[] = [];
  const bindings: Binding[] = [];
  // Without arguments, so that an unmodified Nest ClientRMQ, which asserts the queue itself, finds an equal one.
  if (options.answersCalls) queues.push({ name: rpcQueueOf(options.service), arguments: {} });
  const hear = (queue: string, eventNames: readonly string[], inTurns: boolean) => {
    if (eventNames.length === 0) return;
    queues.push({
      name: queue,
      arguments: {
        'x-queue-type': 'quorum',
        'x-dead-letter-exchange': DEAD_LETTER_EXCHANGE,
        ...(inTurns && { 'x-single-active-consumer': true }),
      },
    });
    for (const key of eventNames) bindings.push({ queue, exchange: EVENTS_EXCHANGE, key });
  };
  hear(eventQueueOf(options.service), options.eventNames, options.singleActiveConsumer ?? false);
  for (const { name, eventNames } of options.sideQueues ?? []) {
    hear(eventQueueOf(options.service, name), eventNames, false);
  }
  return {
    exchanges: shared.exchanges,
    queues: [...shared.queues, ...queues],
    bindings: [...shared.bindings, ...bindings],
  };
}

/**
 * What the consumer of one queue declares again after its queue was deleted. No other queue: RabbitMQ 3.10 does not cancel
 * the consumers of a quorum queue that somebody declares again within milliseconds of its deletion, and they stay deaf.
 */
export function topologyForQueue(topology: Topology, queue: string): Topology {
  return {
    exchanges: topology.exchanges,
    queues: topology.queues.filter(({ name }) => name === queue),
    bindings: topology.bindings.filter((binding) => binding.queue === queue),
  };
}

/** What every process needs, also one that only publishes. */
export function sharedTopology(ladder: readonly RetryStep[] = DEFAULT_LADDER): Topology {
  const steps = ladder.map((step) => ({ step, name: retryExchangeOf(step) }));
  return {
    exchanges: [
      { name: EVENTS_EXCHANGE, type: 'topic' },
      { name: DEAD_LETTER_EXCHANGE, type: 'fanout' },
      ...steps.map(({ name }) => ({ name, type: 'fanout' as const })),
    ],
    queues: [
      PARKING,
      ...steps.map(({ step, name }) => ({
        name,
        arguments: {
          'x-queue-type': 'quorum',
          'x-message-ttl': step.delayMs,
          // The default exchange and the unchanged routing key (the queue's name) bring the message back.
          'x-dead-letter-exchange': '',
          // The broker removes an expired message only after its queue has confirmed the copy.
          'x-dead-letter-strategy': 'at-least-once',
          'x-overflow': 'reject-publish',
        },
      })),
    ],
    bindings: [
      { queue: PARKING_QUEUE, exchange: DEAD_LETTER_EXCHANGE, key: '' },
      ...steps.map(({ name }) => ({ queue: name, exchange: name, key: '' })),
    ],
  };
}
