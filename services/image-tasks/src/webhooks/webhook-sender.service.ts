import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { EgressError, processEgress } from '#libs/egress';
import { messageOf, sleep } from '#libs/kernel';
import { createLogger, newContext, runInContext } from '#libs/observability';
import { nextStep } from './delivery-plan.domain.js';
import { DeliveryRepository } from './delivery.repository.js';
import { signatureHeaders } from './signature.js';
import { webhookAttempts } from './webhooks.metrics.js';
import { WebhookRepository } from './webhook.repository.js';
import type { Attempt, AttemptOutcome } from './webhook.types.js';

const logger = createLogger('WebhookSender');

const POLL_MS = 2_000;
const AT_ONCE = 10;
const TIMEOUT_MS = 10_000;
/** Longer than any attempt: then the process that took it is gone. */
const LEASE_SECONDS = 60;
/** Nothing is done with what a receiver says. */
const MAX_ANSWER_BYTES = 64 * 1024;
const KEEP_DAYS = 30;
const FORGET_EVERY = 1_800;

/** Calls webhooks until they have answered. Every process may. */
@Injectable()
export class WebhookSender implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stop = new AbortController();
  private waiting = new AbortController();
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly webhooks: WebhookRepository,
  ) {}

  onApplicationBootstrap(): void {
    this.loop = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    this.waiting.abort();
    await this.loop;
  }

  /** There may be something to send; only saves the time until it is looked for. */
  wake(): void {
    this.waiting.abort();
  }

  private async run(): Promise<void> {
    for (let round = 0; !this.stop.signal.aborted; round++) {
      this.waiting = new AbortController();
      const { signal } = this.waiting;
      let sent = 0;
      try {
        sent = await runInContext(newContext(), () => this.sendDue());
        if (round % FORGET_EVERY === 0) await this.deliveries.forgetOld(KEEP_DAYS);
      } catch (error) {
        logger.warn(`webhooks could not be called: ${messageOf(error)}`);
      }
      if (sent < AT_ONCE) await sleep(POLL_MS, signal);
    }
  }

  private async sendDue(): Promise<number> {
    const attempts = await this.deliveries.take(AT_ONCE, LEASE_SECONDS);
    await Promise.all(attempts.map((attempt) => this.send(attempt)));
    return attempts.length;
  }

  private async send(attempt: Attempt): Promise<void> {
    const outcome = await this.call(attempt);
    // What was under way when the process ends is repeated by another one, under the same id.
    if (this.stop.signal.aborted && outcome.status === null) return;
    const step = nextStep(outcome.status, attempt.number, Math.random());
    webhookAttempts.inc({ outcome: typeof step === 'string' ? step : 'again' });
    if (step === 'done') return this.deliveries.succeeded(attempt, outcome.status!);
    const labels = { delivery_id: attempt.id, webhook_id: attempt.webhookId, attempt: attempt.number };
    logger.info('a webhook did not take what it was sent', { labels: { ...labels, reason: outcome.error ?? '' } });
    await this.deliveries.failed(attempt, outcome, typeof step === 'string' ? null : step.againInSeconds);
    if (step === 'unwanted') await this.webhooks.disable(attempt.webhookId);
  }

  private async call({ id, url, secret, body }: Attempt): Promise<AttemptOutcome> {
    try {
      const { status } = await processEgress().fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...signatureHeaders(id, new Date(), body, secret) },
        body,
        maxBytes: MAX_ANSWER_BYTES,
        timeoutMs: TIMEOUT_MS,
        signal: this.stop.signal,
        label: 'webhook',
      });
      return { status, error: status >= 200 && status < 300 ? null : `answered ${status}` };
    } catch (error) {
      // Told to the owner: only our own words, never what a server behind our network said.
      return { status: null, error: error instanceof EgressError ? error.message : 'the call failed' };
    }
  }
}
