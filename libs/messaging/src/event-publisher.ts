import type { z } from 'zod';
import type { EventContract } from '#libs/contracts';
import { childContext, runInContext } from '#libs/observability';
import type { AmqpPublisher } from './amqp-publisher.js';
import { HEADER } from './headers.js';
import { InvalidEventError } from './outbox.js';
import { encodeEvent } from './packet.js';
import { EVENTS_EXCHANGE } from './topology.js';
import { outgoingTraceHeaders } from './trace-headers.js';
import { fieldProblems } from './validation.js';

/**
 * Announces facts that have no transaction to be stored with. What the broker does not confirm is the caller's to keep
 * and to publish again, under the same id and unchanged; a fact that is a row of a database leaves by the
 * {@link Outbox} instead.
 */
export class EventPublisher {
  constructor(private readonly publisher: Pick<AmqpPublisher, 'publish' | 'refusal'>) {}

  /** Whether the broker would take an event now. */
  get isUsable(): boolean {
    return this.publisher.refusal === undefined;
  }

  /**
   * Resolves when the broker has taken responsibility for the event and at least one queue takes it.
   *
   * @param messageId the id of the event on every delivery: a consumer's inbox knows a repetition by it
   * @throws PublishError, InvalidEventError, MessageTooLargeError
   */
  async publish<P extends z.ZodType>(event: EventContract<P>, payload: z.input<P>, messageId: string): Promise<void> {
    const checked = event.payload.safeParse(payload);
    if (!checked.success) throw new InvalidEventError(event.name, fieldProblems(checked.error));
    const now = Date.now();
    await runInContext(childContext(), () =>
      this.publisher.publish({
        exchange: EVENTS_EXCHANGE,
        routingKey: event.name,
        content: encodeEvent(event.name, JSON.stringify(payload)),
        options: {
          headers: { ...outgoingTraceHeaders(), [HEADER.publishedAt]: now },
          messageId,
          type: event.name,
          timestamp: Math.floor(now / 1_000),
        },
      }),
    );
  }
}
