import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { health } from '#libs/observability';
import { AmqpClient } from './amqp-client.js';
import { AmqpPublisher } from './amqp-publisher.js';
import { AmqpServer } from './amqp-server.js';
import { OutboxRelay } from './outbox-relay.js';
import { OUTBOX_DATABASE, type OutboxDatabase } from './outbox-store.js';

/**
 * Opens and closes in this order: consumers stop first and are waited for while the database is still there; calls and
 * publishing go on until the HTTP server is closed.
 */
@Injectable()
export class MessagingLifecycle
  implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown
{
  constructor(
    private readonly publisher: AmqpPublisher,
    private readonly client: AmqpClient,
    private readonly server: AmqpServer,
    private readonly relay: OutboxRelay,
    private readonly modules: ModuleRef,
  ) {}

  async onModuleInit(): Promise<void> {
    health.add('amqp publisher', () => {
      if (this.publisher.refusal === 'disconnected') throw new Error(`not connected: ${this.publisher.trouble}`);
      // A full broker refuses new work but the service still answers what needs none.
      return this.publisher.refusal ?? 'connected';
    });
    await this.publisher.open();
  }

  onApplicationBootstrap(): void {
    const database = this.findDatabase();
    if (database) this.relay.start(database);
  }

  async onModuleDestroy(): Promise<void> {
    await this.server.close();
    await this.relay.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }

  /** Any module may bind the database; a service without an outbox binds none. */
  private findDatabase(): OutboxDatabase | undefined {
    try {
      return this.modules.get<OutboxDatabase>(OUTBOX_DATABASE, { strict: false });
    } catch {
      return undefined;
    }
  }
}
