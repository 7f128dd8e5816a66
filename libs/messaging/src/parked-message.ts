import type { Message } from 'amqplib';
import { attemptOf, HEADER, textHeader, type Headers } from './headers.js';

/** A message nobody could handle, as an operator sees it. */
export interface ParkedMessage {
  /** Its message id; empty when it has none. */
  id: string;
  /** Name of the event (or call), as far as it can be read. */
  event: string;
  /** Queue it comes from and goes back to. */
  queue: string;
  /** Stable code of the reason. */
  code: string;
  reason: string;
  /** ISO 8601; null when the broker parked it. */
  parkedAt: string | null;
  /** Delivery on which it failed, from 1. */
  attempt: number;
  bytes: number;
  /** Trace in which it failed, to look the logs up. */
  traceId: string | null;
}

/** Which parked messages are meant; all conditions given must hold. `{}` means every message. */
export interface ParkingFilter {
  ids?: readonly string[];
  queue?: string;
  code?: string;
  event?: string;
}

interface Death {
  queue?: unknown;
  reason?: unknown;
}

export function describeParked({ content, fields, properties }: Message): ParkedMessage {
  const headers: Headers = properties.headers ?? {};
  const death = ((headers['x-death'] ?? []) as Death[])[0];
  return {
    id: String(properties.messageId ?? ''),
    event: textHeader(headers, HEADER.originRoutingKey) ?? String(properties.type ?? fields.routingKey),
    queue: textHeader(headers, HEADER.originQueue) ?? String(death?.queue ?? ''),
    code: textHeader(headers, HEADER.errorCode) ?? `BROKER.${String(death?.reason ?? 'unknown').toUpperCase()}`,
    reason: textHeader(headers, HEADER.errorMessage) ?? 'dead-lettered by the broker',
    parkedAt: textHeader(headers, HEADER.parkedAt) ?? null,
    attempt: attemptOf(headers),
    bytes: content.length,
    traceId: textHeader(headers, 'traceparent')?.split('-')[1] ?? null,
  };
}

export function isMeant(message: ParkedMessage, filter: ParkingFilter): boolean {
  return (
    (filter.ids === undefined || filter.ids.includes(message.id)) &&
    (filter.queue === undefined || filter.queue === message.queue) &&
    (filter.code === undefined || filter.code === message.code) &&
    (filter.event === undefined || filter.event === message.event)
  );
}
