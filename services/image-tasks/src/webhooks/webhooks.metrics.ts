import { counter } from '#libs/observability';

export const webhookAttempts = counter({
  name: 'webhook_attempts_total',
  help: 'Calls of webhooks by what came of them: done, again, give-up, or unwanted after 410',
  labelNames: ['outcome'],
});
