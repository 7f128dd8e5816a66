import type { Delivery, Webhook } from '#libs/contracts';
import { TASK_TOKEN } from '../tasks/tasks.examples.js';

export const WEBHOOK_ID = '019a3f0e-6a54-7c3e-9d2b-0c8f3e6a1b43';

export const WEBHOOK_EXAMPLE: Webhook = {
  id: WEBHOOK_ID,
  url: 'https://example.org/tasks-done',
  kinds: ['sum-even'],
  enabled: true,
  created_at: '2026-03-01T08:00:00.000Z',
};

export const DELIVERY_EXAMPLE: Delivery = {
  id: '019a3f0e-6a54-7c3e-9d2b-0c8f3e6a1b44',
  token: TASK_TOKEN,
  status: 'finished',
  state: 'delivered',
  attempts: 2,
  answer: 204,
  error: null,
  next_attempt_at: null,
  created_at: '2026-03-01T09:00:00.240Z',
  delivered_at: '2026-03-01T09:00:05.611Z',
};
