import { Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { EventContract, RpcContract } from '#libs/contracts';
import { AmqpClient } from './amqp-client.js';
import { AmqpPublisher } from './amqp-publisher.js';
import { AmqpServer, type SideQueue } from './amqp-server.js';
import { Broadcasts } from './broadcasts.js';
import { EventHandlerExplorer } from './event-handler.explorer.js';
import { EventPublisher } from './event-publisher.js';
import { Inbox } from './inbox.js';
import { messagingSettings, type MessagingSettings } from './messaging.config.js';
import { MessagingLifecycle } from './messaging.lifecycle.js';
import { Outbox } from './outbox.js';
import { OutboxRelay } from './outbox-relay.js';
import { ParkingLot } from './parking-lot.js';
import { RpcClient } from './rpc-client.js';
import { sharedTopology } from './topology.js';

const SETTINGS = Symbol('messaging settings');

/** What a service sends, answers and hears. */
export interface MessagingModuleOptions {
  /** Name of the service: its queues are `rpc.<service>` and `ev.<service>`. */
  service: string;
  /** Events the service handles; each needs exactly one `@OnEvent` or `@OnEventBatch`. */
  events?: readonly EventContract[];
  /** Events the service stores in its outbox. One that several queues hear goes out only when all of them exist. */
  announces?: readonly EventContract[];
  /** Calls the service answers; each needs exactly one `@HandleRpc`. */
  rpc?: readonly RpcContract[];
  /** Events that come over queues of their own, `ev.<service>.<name>`, and may wait as long as it takes. */
  sideQueues?: readonly SideQueue[];
  /** Only one process at a time gets events; the others stand by. */
  singleActiveConsumer?: boolean;
  /** Win over the environment. */
  settings?: Partial<MessagingSettings>;
}

/** Gives a service its transport: {@link AmqpServer}, {@link RpcClient}, {@link Outbox}, {@link Inbox} and the relay. */
@Module({})
export class MessagingModule {
  static forService(options: MessagingModuleOptions): DynamicModule {
    const { service, events = [], rpc = [], announces = [], sideQueues = [], singleActiveConsumer = false } = options;
    return {
      module: MessagingModule,
      global: true,
      imports: [DiscoveryModule],
      providers: [
        { provide: SETTINGS, useFactory: () => messagingSettings(options.settings) },
        {
          provide: AmqpPublisher,
          useFactory: (settings: MessagingSettings) =>
            new AmqpPublisher({ ...settings, name: service, topology: sharedTopology(settings.ladder) }),
          inject: [SETTINGS],
        },
        {
          provide: AmqpClient,
          useFactory: (publisher: AmqpPublisher, settings: MessagingSettings) =>
            new AmqpClient(publisher, {
              maxInFlight: settings.rpcMaxInFlight,
              defaultTimeoutMs: settings.rpcDefaultTimeoutMs,
            }),
          inject: [AmqpPublisher, SETTINGS],
        },
        {
          provide: RpcClient,
          useFactory: (client: AmqpClient, settings: MessagingSettings) => new RpcClient(client, settings),
          inject: [AmqpClient, SETTINGS],
        },
        EventHandlerExplorer,
        {
          provide: AmqpServer,
          useFactory: (settings: MessagingSettings, publisher: AmqpPublisher, explorer: EventHandlerExplorer) =>
            new AmqpServer({ service, events, sideQueues, rpc, singleActiveConsumer }, settings, publisher, () =>
              explorer.find(),
            ),
          inject: [SETTINGS, AmqpPublisher, EventHandlerExplorer],
        },
        {
          provide: OutboxRelay,
          useFactory: (publisher: AmqpPublisher) => new OutboxRelay(publisher, { announces }),
          inject: [AmqpPublisher],
        },
        {
          provide: EventPublisher,
          useFactory: (publisher: AmqpPublisher) => new EventPublisher(publisher),
          inject: [AmqpPublisher],
        },
        {
          provide: Broadcasts,
          useFactory: (publisher: AmqpPublisher) => new Broadcasts(publisher),
          inject: [AmqpPublisher],
        },
        {
          provide: ParkingLot,
          useFactory: (settings: MessagingSettings) => new ParkingLot(settings.url),
          inject: [SETTINGS],
        },
        Outbox,
        Inbox,
        MessagingLifecycle,
      ],
      exports: [AmqpClient, AmqpServer, Broadcasts, RpcClient, EventPublisher, Outbox, OutboxRelay, Inbox, ParkingLot],
    };
  }
}
