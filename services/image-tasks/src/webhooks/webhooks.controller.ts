import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { createWebhook, deleteWebhook, getWebhook, listDeliveries, listWebhooks } from '#libs/contracts';
import { HandleRpc } from '#libs/messaging';
import { Webhooks } from './webhooks.service.js';

@Controller()
export class WebhooksController {
  constructor(private readonly webhooks: Webhooks) {}

  @HandleRpc(createWebhook)
  create(input: z.output<typeof createWebhook.input>) {
    return this.webhooks.create(input);
  }

  @HandleRpc(listWebhooks)
  list({ tenant }: z.output<typeof listWebhooks.input>) {
    return this.webhooks.list(tenant);
  }

  @HandleRpc(getWebhook)
  get({ id, tenant }: z.output<typeof getWebhook.input>) {
    return this.webhooks.get(id, tenant);
  }

  @HandleRpc(deleteWebhook)
  async remove({ id, tenant }: z.output<typeof deleteWebhook.input>) {
    await this.webhooks.remove(id, tenant);
    return {};
  }

  @HandleRpc(listDeliveries)
  deliveries({ id, tenant, limit }: z.output<typeof listDeliveries.input>) {
    return this.webhooks.latest(id, tenant, limit);
  }
}
