import { backoffMs, messageOf, sleep } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import type { AmqpPublisher } from './amqp-publisher.js';
import type { Delivery } from './delivery.js';
import { HEADER, parkingHeaders, retryHeaders, textHeader, type Headers } from './headers.js';
import { PublishError } from './messaging.errors.js';
import { parkedMessages, retriedEvents } from './messaging.metrics.js';
import { DEAD_LETTER_EXCHANGE, retryExchangeOf, type RetryStep } from './topology.js';

const log = createLogger('FailedDeliveries');

/** Refusals of the broker that another try may not meet; all other failures are waited out. */
const REFUSALS = new Set<PublishError['reason']>(['unroutable', 'nacked']);
const MAX_REFUSALS = 5;

/** Sends deliveries that failed to the retry ladder or to the parking queue. The copy is confirmed before the ack. */
export class FailedDeliveries {
  constructor(private readonly publisher: AmqpPublisher) {}

  /** Sends the message up the ladder. While the broker takes nothing the delivery stays in our hands, unsettled. */
  async retry(delivery: Delivery, event: string, step: RetryStep, nextAttempt: number): Promise<void> {
    const { properties } = delivery.message;
    const headers = retryHeaders(properties.headers, nextAttempt, event);
    for (let tries = 0, refusals = 0; delivery.isOurs; tries++) {
      try {
        await this.publish(delivery, retryExchangeOf(step), delivery.queue, headers);
        delivery.ack();
        retriedEvents.inc({ event, step: step.name });
        return;
      } catch (error) {
        if (!(error instanceof PublishError) || (REFUSALS.has(error.reason) && ++refusals >= MAX_REFUSALS)) {
          log.error('an event cannot be sent to the retry ladder and is parked', { labels: { event } }, error);
          delivery.reject();
          return;
        }
        await sleep(50 + backoffMs(tries, 100, 2_000));
      }
    }
  }

  /**
   * Parks the message with the reason in its headers. When the broker takes nothing from us, the queue's own dead-letter
   * exchange does it, with less detail.
   */
  async park(delivery: Delivery, code: string, error: unknown): Promise<void> {
    const { properties, fields } = delivery.message;
    parkedMessages.inc({ queue: delivery.queue, code });
    log.error(
      'a message is parked',
      {
        event: { action: 'messaging.park', outcome: 'failure' },
        labels: { queue: delivery.queue, code, message_id: String(properties.messageId) },
      },
      error,
    );
    const routingKey =
      textHeader(properties.headers, HEADER.originRoutingKey) ??
      (fields.exchange === '' ? delivery.queue : fields.routingKey);
    const reason = { code, message: messageOf(error), queue: delivery.queue, routingKey, atMs: Date.now() };
    try {
      await this.publish(delivery, DEAD_LETTER_EXCHANGE, routingKey, parkingHeaders(properties.headers, reason));
      delivery.ack();
    } catch (failure) {
      log.warn('the message is parked by the broker instead', { labels: { queue: delivery.queue } }, failure);
      delivery.reject();
    }
  }

  private publish(delivery: Delivery, exchange: string, routingKey: string, headers: Headers): Promise<void> {
    const { content, properties } = delivery.message;
    return this.publisher.publish({
      exchange,
      routingKey,
      content,
      isCopy: true,
      options: {
        headers,
        ...(properties.messageId && { messageId: String(properties.messageId) }),
        ...(properties.timestamp && { timestamp: properties.timestamp }),
        ...(properties.contentType && { contentType: properties.contentType }),
        ...(properties.type && { type: properties.type }),
      },
    });
  }
}
