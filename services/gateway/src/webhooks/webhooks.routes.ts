import { z } from 'zod';
import { createWebhook, getWebhook, listDeliveries, listWebhooks, webhookSchema } from '#libs/contracts';
import { defineRoute } from '../routes/route.js';
import { DELIVERY_EXAMPLE, WEBHOOK_EXAMPLE, WEBHOOK_ID } from './webhooks.examples.js';

const { shape } = createWebhook.input;
const params = z.object({ id: getWebhook.input.shape.id.toLowerCase().describe('id of the webhook') });

export const createWebhookRoute = defineRoute({
  id: 'createWebhook',
  method: 'POST',
  path: '/api/v1/webhooks',
  area: 'Webhooks',
  scope: 'tasks:write',
  summary: 'Be called when a task ends',
  description:
    'Each task of yours that ends sends {"type":"task.finished","timestamp":…,"data":<the task>} (or task.errored, ' +
    'task.cancelled) by POST. webhook-id, webhook-timestamp and webhook-signature are those of Standard Webhooks: ' +
    'v1,<base64 of HMAC-SHA256(secret, "<id>.<timestamp>.<body>")>. Whatever is not answered with 2xx within 10 s is ' +
    'sent again under the same id, 8 times within about 14 hours; 410 switches the webhook off. Redirects are not ' +
    'followed, and addresses that are not public are not called. The secret is told in this answer only.',
  json: {
    schema: z.object({ url: shape.url, kinds: shape.kinds.describe('only tasks of these kinds; all when empty') }),
    description: 'Whom to call',
    example: { url: WEBHOOK_EXAMPLE.url, kinds: WEBHOOK_EXAMPLE.kinds },
  },
  answer: {
    status: 201,
    description: 'The webhook with its secret',
    contentType: 'application/json',
    schema: createWebhook.output,
    example: { ...WEBHOOK_EXAMPLE, secret: 'whsec_bm90IGEgcmVhbCBzZWNyZXQsIG9ubHkgYW4gZXhhbXBsZQ==' },
    headers: { Location: 'the webhook' },
  },
  problems: [409],
});

export const listWebhooksRoute = defineRoute({
  id: 'listWebhooks',
  method: 'GET',
  path: '/api/v1/webhooks',
  area: 'Webhooks',
  scope: 'tasks:read',
  summary: 'List webhooks',
  answer: {
    status: 200,
    description: 'All of them; there are at most ten',
    contentType: 'application/json',
    schema: listWebhooks.output,
    example: { items: [WEBHOOK_EXAMPLE] },
  },
  problems: [],
});

export const getWebhookRoute = defineRoute({
  id: 'getWebhook',
  method: 'GET',
  path: '/api/v1/webhooks/:id',
  area: 'Webhooks',
  scope: 'tasks:read',
  summary: 'One webhook',
  params,
  answer: {
    status: 200,
    description: 'The webhook, without its secret',
    contentType: 'application/json',
    schema: webhookSchema,
    example: WEBHOOK_EXAMPLE,
  },
  problems: [404],
  examples: { id: WEBHOOK_ID },
});

export const listDeliveriesRoute = defineRoute({
  id: 'listDeliveries',
  method: 'GET',
  path: '/api/v1/webhooks/:id/deliveries',
  area: 'Webhooks',
  scope: 'tasks:read',
  summary: 'What a webhook was sent, newest first',
  description: 'Calls of the last 30 days, with what came of their last attempt.',
  params,
  query: z.object({ limit: listDeliveries.input.shape.limit.default(20).describe('how many to answer at most') }),
  answer: {
    status: 200,
    description: 'The latest calls',
    contentType: 'application/json',
    schema: listDeliveries.output,
    example: { items: [DELIVERY_EXAMPLE] },
  },
  problems: [404],
  examples: { id: WEBHOOK_ID, limit: '20' },
});

export const deleteWebhookRoute = defineRoute({
  id: 'deleteWebhook',
  method: 'DELETE',
  path: '/api/v1/webhooks/:id',
  area: 'Webhooks',
  scope: 'tasks:write',
  summary: 'Be called no more',
  description: 'What was not sent yet is not sent any more.',
  params,
  answer: { status: 204, description: 'Deleted' },
  problems: [404],
  examples: { id: WEBHOOK_ID },
});
