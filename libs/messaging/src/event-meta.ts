import type { ConsumeMessage } from 'amqplib';
import { attemptOf, HEADER, numberHeader } from './headers.js';
import { UnusableMessageError } from './messaging.errors.js';

/** What a handler is told about the delivery of an event. */
export interface EventMeta {
  /** Id of the event, the same on every delivery: the key for {@link Inbox}. */
  messageId: string;
  /** Name of the event. */
  routingKey: string;
  /** 1 on the first delivery, one more for each rung of the retry ladder. */
  attempt: number;
  /** When the event was stored by its producer, milliseconds since the epoch. */
  publishedAt: number;
  /** True when the broker may have delivered this copy before. */
  redelivered: boolean;
}

const MESSAGE_ID = /^[\x21-\x7e]{1,64}$/;

/**
 * @param pattern the event's name as the packet says it; a message that comes back from the ladder has the name of its
 * queue as routing key
 * @throws UnusableMessageError when there is no usable message id
 */
export function eventMetaOf(message: ConsumeMessage, pattern: string, nowMs: number): EventMeta {
  const { headers, messageId, timestamp } = message.properties;
  if (typeof messageId !== 'string' || !MESSAGE_ID.test(messageId)) {
    throw new UnusableMessageError('EVENT.NO_MESSAGE_ID', 'an event needs a message id of 1 to 64 visible characters');
  }
  return {
    messageId,
    routingKey: pattern,
    attempt: attemptOf(headers),
    publishedAt:
      numberHeader(headers, HEADER.publishedAt) ?? (typeof timestamp === 'number' ? timestamp * 1_000 : nowMs),
    redelivered: message.fields.redelivered,
  };
}
