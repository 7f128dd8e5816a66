import { z } from 'zod';
import { instantSchema, tenantSchema } from './common.js';
import { defineRpc } from './define.js';
import { taskKindSchema, taskStatusSchema, taskTokenSchema } from './tasks.contract.js';

/** Most webhooks of one tenant. */
export const MAX_WEBHOOKS = 10;

/** Whom to call when a task ends. */
export const webhookSchema = z.object({
  id: z.uuid(),
  url: z.string(),
  kinds: z.array(taskKindSchema).describe('tasks it is called for; empty for all'),
  enabled: z.boolean().describe('false since the receiver answered 410: it wants no more'),
  created_at: instantSchema,
});
export type Webhook = z.infer<typeof webhookSchema>;

/** `pending`: will be sent, again if need be; `delivered`: answered with 2xx; `failed`: given up. */
export const deliveryStateSchema = z.enum(['pending', 'delivered', 'failed']);

/** One call of a webhook, with all its attempts. */
export const deliverySchema = z.object({
  id: z.uuid().describe('the webhook-id header: the same in all attempts'),
  token: taskTokenSchema,
  status: taskStatusSchema.describe('how the task ended'),
  state: deliveryStateSchema,
  attempts: z.int().nonnegative(),
  answer: z.int().nullable().describe('HTTP status of the last answer; null when there was none'),
  error: z.string().nullable().describe('why the last attempt did not succeed'),
  next_attempt_at: instantSchema.nullable(),
  created_at: instantSchema,
  delivered_at: instantSchema.nullable(),
});
export type Delivery = z.infer<typeof deliverySchema>;

const urlSchema = z
  .url({ protocol: /^https?$/, error: 'an http or https URL' })
  .max(500)
  .describe('where to send a POST request');

const owned = z.object({ id: z.uuid(), tenant: tenantSchema });

/** `WEBHOOKS.TOO_MANY`; `EGRESS.URL_REFUSED` and `EGRESS.ADDRESS_REFUSED` for an address that is never called. */
export const createWebhook = defineRpc({
  name: 'image-tasks.webhook.create',
  input: owned.extend({ url: urlSchema, kinds: z.array(taskKindSchema).max(8).default([]) }),
  output: webhookSchema.extend({
    secret: z.string().describe('signs what is sent: the key of the HMAC. Told once, here; keep it'),
  }),
  idempotent: true,
});

/** All of a tenant: there are at most {@link MAX_WEBHOOKS}. */
export const listWebhooks = defineRpc({
  name: 'image-tasks.webhook.list',
  input: z.object({ tenant: tenantSchema }),
  output: z.object({ items: z.array(webhookSchema) }),
  idempotent: true,
});

/** `WEBHOOKS.NOT_FOUND` when the tenant has none of that id. */
export const getWebhook = defineRpc({
  name: 'image-tasks.webhook.get',
  input: owned,
  output: webhookSchema,
  idempotent: true,
});

/** What was not sent yet is not sent any more. */
export const deleteWebhook = defineRpc({
  name: 'image-tasks.webhook.delete',
  input: owned,
  output: z.object({}),
  idempotent: true,
});

/** The latest calls, newest first. */
export const listDeliveries = defineRpc({
  name: 'image-tasks.webhook.deliveries',
  input: owned.extend({ limit: z.int().min(1).max(100) }),
  output: z.object({ items: z.array(deliverySchema) }),
  idempotent: true,
});
