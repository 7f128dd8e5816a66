import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { MAX_WEBHOOKS, type createWebhook, type Delivery, type Webhook } from '#libs/contracts';
import { processEgress } from '#libs/egress';
import type { JobInfo } from '#libs/jobs';
import { uuidv7, type SqlExecutor } from '#libs/kernel';
import { taskOf } from '../tasks/task-view.domain.js';
import { DeliveryRepository } from './delivery.repository.js';
import { newSecret } from './signature.js';
import { deliveryOf, kindsOf, webhookOf } from './webhook-view.domain.js';
import { WebhookRepository } from './webhook.repository.js';
import { TooManyWebhooksError, WebhookNotFoundError } from './webhooks.errors.js';

/** A task that ended some way; `expired` is not an end but what comes long after. */
const ENDED: ReadonlySet<string> = new Set(['finished', 'errored', 'cancelled']);

/** Whom tenants want to be called, and what they are to be told. */
@Injectable()
export class Webhooks {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly deliveries: DeliveryRepository,
  ) {}

  /** @throws TooManyWebhooksError, UrlRefusedError, AddressRefusedError */
  async create({
    id,
    tenant,
    url,
    kinds,
  }: z.output<typeof createWebhook.input>): Promise<Webhook & { secret: string }> {
    processEgress().assertAllowed(url);
    const known = await this.webhooks.list(tenant);
    if (known.length >= MAX_WEBHOOKS && !known.some((row) => row.id === id))
      throw new TooManyWebhooksError(MAX_WEBHOOKS);
    await this.webhooks.add({ id, tenant, url, kinds: [...new Set(kinds)].join(','), secret: newSecret() });
    const row = await this.owned(id, tenant);
    return { ...webhookOf(row), secret: row.secret };
  }

  async list(tenant: string): Promise<{ items: Webhook[] }> {
    return { items: (await this.webhooks.list(tenant)).map(webhookOf) };
  }

  /** @throws WebhookNotFoundError */
  async get(id: string, tenant: string): Promise<Webhook> {
    return webhookOf(await this.owned(id, tenant));
  }

  /** @throws WebhookNotFoundError */
  async remove(id: string, tenant: string): Promise<void> {
    await this.owned(id, tenant);
    await this.webhooks.remove(id);
  }

  /** @throws WebhookNotFoundError */
  async latest(id: string, tenant: string, limit: number): Promise<{ items: Delivery[] }> {
    await this.owned(id, tenant);
    return { items: (await this.webhooks.deliveries(id, limit)).map(deliveryOf) };
  }

  /** Notes, in the transaction in which a task ends, who is to be told. */
  async enqueue(tx: SqlExecutor, job: JobInfo): Promise<void> {
    const task = taskOf(job, null);
    if (!ENDED.has(task.status)) return;
    for (const webhook of await this.webhooks.list(job.tenant, tx)) {
      const kinds = kindsOf(webhook);
      if (webhook.enabled !== 1 || (kinds.length > 0 && !kinds.includes(task.kind))) continue;
      const body = JSON.stringify({ type: `task.${task.status}`, timestamp: task.finished_at, data: task });
      const delivery = { id: uuidv7(), webhookId: webhook.id, jobId: job.id, taskStatus: task.status, body };
      await this.deliveries.add(tx, delivery);
    }
  }

  private async owned(id: string, tenant: string) {
    const row = await this.webhooks.find(id, tenant);
    if (!row) throw new WebhookNotFoundError(id);
    return row;
  }
}
