import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { createWebhook, deleteWebhook, getWebhook, listDeliveries, listWebhooks } from '#libs/contracts';
import { uuidv7 } from '#libs/kernel';
import { RpcClient } from '#libs/messaging';
import { Tenant } from '../access/caller.js';
import { Input } from '../routes/input.interceptor.js';
import { Route } from '../routes/route.decorator.js';
import type { InputOf } from '../routes/route.js';
import {
  createWebhookRoute,
  deleteWebhookRoute,
  getWebhookRoute,
  listDeliveriesRoute,
  listWebhooksRoute,
} from './webhooks.routes.js';

@Controller()
export class WebhooksController {
  constructor(private readonly rpc: RpcClient) {}

  @Route(createWebhookRoute)
  async create(
    @Input() { body }: InputOf<typeof createWebhookRoute>,
    @Tenant() tenant: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const webhook = await this.rpc.call(createWebhook, { id: uuidv7(), tenant, ...body });
    void reply.header('location', `/api/v1/webhooks/${webhook.id}`);
    return webhook;
  }

  @Route(listWebhooksRoute)
  list(@Tenant() tenant: string) {
    return this.rpc.call(listWebhooks, { tenant });
  }

  @Route(getWebhookRoute)
  get(@Input() { params }: InputOf<typeof getWebhookRoute>, @Tenant() tenant: string) {
    return this.rpc.call(getWebhook, { tenant, id: params.id });
  }

  @Route(listDeliveriesRoute)
  deliveries(@Input() { params, query }: InputOf<typeof listDeliveriesRoute>, @Tenant() tenant: string) {
    return this.rpc.call(listDeliveries, { tenant, id: params.id, ...query });
  }

  @Route(deleteWebhookRoute)
  async remove(@Input() { params }: InputOf<typeof deleteWebhookRoute>, @Tenant() tenant: string): Promise<void> {
    await this.rpc.call(deleteWebhook, { tenant, id: params.id });
  }
}
