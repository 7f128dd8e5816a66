import { Server, type CustomTransportStrategy, type MessageHandler, type MsPattern } from '@nestjs/microservices';
import type { ChannelModel } from 'amqplib';
import type { EventContract, RpcContract } from '#libs/contracts';
import { sleep } from '#libs/kernel';
import { createLogger, health } from '#libs/observability';
import { AmqpLink } from './amqp-link.js';
import type { AmqpPublisher } from './amqp-publisher.js';
import { ConsumerProbe } from './consumer-probe.js';
import { handlerProblems, prefetchFor, type EventHandler } from './event-handlers.js';
import { EventProcessor } from './event-processor.js';
import { FailedDeliveries } from './failed-deliveries.js';
import type { MessagingSettings } from './messaging.config.js';
import { HandlerMismatchError } from './messaging.errors.js';
import { QueueConsumer } from './queue-consumer.js';
import { MAIN_PATIENCE } from './retry-policy.js';
import { RpcProcessor } from './rpc-processor.js';
import type { RpcRequestContext } from './rpc-request.context.js';
import { eventQueueOf, rpcQueueOf, topologyForQueue, topologyOf } from './topology.js';

const log = createLogger('AmqpServer');

export interface AmqpServerOptions {
  service: string;
  rpc: readonly RpcContract[];
  events: readonly EventContract[];
  sideQueues: readonly SideQueue[];
  singleActiveConsumer: boolean;
}

/** A queue beside the main one, `ev.<service>.<name>`: what waits there holds up nothing else. */
export interface SideQueue {
  name: string;
  /** Each needs exactly one handler that names this queue. */
  events: readonly EventContract[];
}

/**
 * Nest transport strategy on RabbitMQ: answers the calls of `rpc.<service>` and handles the events of `ev.<service>`.
 *
 * @example
 * const app = await NestFactory.createMicroservice(AppModule, {
 *   useFactory: (server: AmqpServer) => ({ strategy: server }),
 *   inject: [AmqpServer],
 * });
 * await app.listen();
 */
export class AmqpServer extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol.for('mirante:amqp');
  private readonly problems: string[] = [];
  private consumers: QueueConsumer[] = [];
  private events: EventProcessor[] = [];
  private link: AmqpLink | undefined;
  private probe: ConsumerProbe | undefined;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly options: AmqpServerOptions,
    private readonly settings: MessagingSettings,
    private readonly publisher: AmqpPublisher,
    private readonly findEventHandlers: () => EventHandler[],
  ) {
    super();
  }

  override addHandler(
    pattern: MsPattern,
    callback: MessageHandler,
    isEventHandler: boolean = false,
    extras: Record<string, unknown> = {},
  ): void {
    const name = this.normalizePattern(pattern);
    if (isEventHandler) this.problems.push(`${name} uses @EventPattern; events are handled with @OnEvent`);
    else if (this.messageHandlers.has(name)) this.problems.push(`${name} has more than one @HandleRpc`);
    super.addHandler(pattern, callback, isEventHandler, extras);
  }

  /**
   * Checks the handlers, then consumes. Waits for the broker for `startWaitMs` at most; a later broker is taken when it
   * comes, and readiness says so until then.
   */
  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      const handlers = this.checkedEventHandlers();
      this.consumers = this.createConsumers(handlers);
      for (const consumer of this.consumers) {
        health.add(`amqp consumer ${consumer.queue}`, () => consumer.assertHealthy());
      }
      await this.start();
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  }

  /** Takes no more messages, waits for the running handlers, then closes. May be called again. */
  close(): Promise<void> {
    return (this.closing ??= this.shutDown());
  }

  on(): void {
    throw new Error('the transport has no events; see the health registry and the metrics');
  }

  unwrap<T>(): T {
    return this.consumers as T;
  }

  private checkedEventHandlers(): EventHandler[] {
    const found = this.findEventHandlers();
    const calls = [...this.messageHandlers.keys()].map((name) => ({ name, where: 'a controller' }));
    const { events, sideQueues, rpc } = this.options;
    // A handler is known by its event and its queue: the same event may come over two queues.
    const keyOf = (name: string, queue: string | undefined) =>
      queue === undefined ? name : `${name} of queue ${queue}`;
    const declared = [
      ...events.map(({ name }) => ({ name })),
      ...sideQueues.flatMap((side) => side.events.map(({ name }) => ({ name: keyOf(name, side.name) }))),
    ];
    this.problems.push(
      ...handlerProblems(
        declared,
        found.map(({ contract, where, queue }) => ({ name: keyOf(contract.name, queue), where })),
      ),
      ...handlerProblems(rpc, calls),
    );
    for (const { name, service } of this.options.rpc) {
      if (service !== this.options.service) this.problems.push(`${name} belongs to ${service}`);
    }
    if (this.problems.length > 0) throw new HandlerMismatchError([...new Set(this.problems)]);
    return found;
  }

  private createConsumers(handlers: readonly EventHandler[]): QueueConsumer[] {
    const { service, rpc, events, sideQueues, singleActiveConsumer } = this.options;
    const { ladder, validateAnswers, probeIntervalMs, rpcPrefetch, sideQueueInHandMs } = this.settings;
    const topology = topologyOf({
      service,
      eventNames: events.map(({ name }) => name),
      answersCalls: rpc.length > 0,
      sideQueues: sideQueues.map((side) => ({ name: side.name, eventNames: side.events.map(({ name }) => name) })),
      singleActiveConsumer,
      ladder,
    });
    const failed = new FailedDeliveries(this.publisher);
    const shared = { proofMs: 3 * probeIntervalMs };
    const consumers: QueueConsumer[] = [];
    if (rpc.length > 0) {
      const processor = new RpcProcessor(this.publisher, failed, {
        findHandler: (pattern) => this.getHandlerByPattern(pattern),
        invoke: (context, run) => this.invoke(context, run),
        validateAnswers,
      });
      consumers.push(
        new QueueConsumer({
          ...shared,
          queue: rpcQueueOf(service),
          topology: topologyForQueue(topology, rpcQueueOf(service)),
          prefetch: rpcPrefetch,
          startsCautiously: false,
          takesTurns: false,
          onDelivery: (delivery) => processor.process(delivery),
        }),
      );
    }
    for (const side of [undefined, ...sideQueues.map(({ name }) => name)]) {
      const own = handlers.filter((handler) => handler.queue === side);
      if (own.length === 0) continue;
      const patience = side === undefined ? MAIN_PATIENCE : { inHandMs: sideQueueInHandMs, endless: true };
      const byName = new Map(own.map((handler) => [handler.contract.name, handler]));
      const processor = new EventProcessor(byName, failed, ladder, patience);
      const queue = eventQueueOf(service, side);
      this.events.push(processor);
      consumers.push(
        new QueueConsumer({
          ...shared,
          queue,
          topology: topologyForQueue(topology, queue),
          prefetch: prefetchFor(own),
          startsCautiously: true,
          takesTurns: side === undefined && singleActiveConsumer,
          onDelivery: (delivery) => processor.process(delivery),
        }),
      );
    }
    return consumers;
  }

  private async start(): Promise<void> {
    const { settings, options, consumers } = this;
    const giveUp = Date.now() + settings.startWaitMs;
    await this.publisher.open();
    await this.publisher.waitUntilOpen(settings.startWaitMs);
    if (consumers.length === 0) return;
    const probe = new ConsumerProbe(consumers, settings.probeIntervalMs);
    this.probe = probe;
    this.link = new AmqpLink({
      url: settings.url,
      name: options.service,
      purpose: 'consume',
      heartbeatSeconds: settings.heartbeatSeconds,
      onOpen: async (model: ChannelModel) => {
        for (const consumer of consumers) consumer.attach(model);
        probe.attach(model);
      },
      onLost: () => {
        probe.detach();
        for (const consumer of consumers) consumer.detach();
      },
    });
    await this.link.open();
    while (consumers.some((consumer) => !consumer.isConsuming) && Date.now() < giveUp) await sleep(10);
  }

  private invoke(context: RpcRequestContext, run: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.runWithProcessingHooks(context, async (end) => {
        await run().finally(end).then(resolve, reject);
      });
    });
  }

  private async shutDown(): Promise<void> {
    const { consumers, settings } = this;
    this.probe?.detach();
    for (const processor of this.events) processor.close();
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    const drained = await Promise.all(consumers.map((consumer) => consumer.drain(settings.drainGraceMs)));
    if (drained.includes(false)) log.warn('handlers still run; the broker will deliver their messages again');
    await Promise.all(consumers.map((consumer) => consumer.close()));
    await this.link?.close();
  }
}
