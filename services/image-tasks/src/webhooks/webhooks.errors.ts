import { CodedError } from '#libs/kernel';

/** The tenant has no webhook of that id. */
export class WebhookNotFoundError extends CodedError {
  constructor(id: string) {
    super('WEBHOOKS.NOT_FOUND', 'not-found', `no webhook ${id}`);
  }
}

export class TooManyWebhooksError extends CodedError {
  constructor(most: number) {
    super('WEBHOOKS.TOO_MANY', 'conflict', `there are ${most} webhooks already; delete one first`);
  }
}
