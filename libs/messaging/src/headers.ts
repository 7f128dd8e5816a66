/** Header names of our own; all values are small, a frame of headers must stay far below 64 KiB. */
export const HEADER = {
  deadline: 'x-deadline',
  attempt: 'x-attempt',
  publishedAt: 'x-published-at',
  aggregateId: 'x-aggregate-id',
  aggregateSeq: 'x-aggregate-seq',
  errorCode: 'x-error-code',
  errorMessage: 'x-error-message',
  originQueue: 'x-origin-queue',
  originRoutingKey: 'x-origin-routing-key',
  parkedAt: 'x-parked-at',
  deliveryCount: 'x-delivery-count',
} as const;

export type Headers = Record<string, unknown>;

const MAX_ERROR_MESSAGE = 300;
const BROKER_HEADERS = /^x-(death|first-death-.*|last-death-.*|delivery-count|acquired-count)$/;
const PARKING_HEADERS = new Set<string>([
  HEADER.errorCode,
  HEADER.errorMessage,
  HEADER.originQueue,
  HEADER.originRoutingKey,
  HEADER.parkedAt,
]);

/** Whole number of a header, or undefined when it is missing or is not one. */
export function numberHeader(headers: Headers | undefined, name: string): number | undefined {
  const value = headers?.[name];
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

/** Text of a header, or undefined. */
export function textHeader(headers: Headers | undefined, name: string): string | undefined {
  const value = headers?.[name];
  return typeof value === 'string' ? value : undefined;
}

/** Number of this delivery in the life of the event, from 1. */
export function attemptOf(headers: Headers | undefined): number {
  return Math.max(1, numberHeader(headers, HEADER.attempt) ?? 1);
}

/** Milliseconds until the deadline of a call (negative: passed), or undefined when it has none. */
export function remainingMs(headers: Headers | undefined, nowMs: number): number | undefined {
  const deadline = numberHeader(headers, HEADER.deadline);
  return deadline === undefined ? undefined : deadline - nowMs;
}

/**
 * Headers a message keeps when we publish it again. What the broker wrote must not come back to it: it would take a
 * second expiry for a dead-letter cycle and drop the message.
 */
export function carriedHeaders(headers: Headers | undefined): Headers {
  return Object.fromEntries(Object.entries(headers ?? {}).filter(([name]) => !BROKER_HEADERS.test(name)));
}

/** Headers of a message on its way up the ladder; its routing key becomes the name of the queue it returns to. */
export function retryHeaders(headers: Headers | undefined, nextAttempt: number, routingKey: string): Headers {
  return { ...carriedHeaders(headers), [HEADER.attempt]: nextAttempt, [HEADER.originRoutingKey]: routingKey };
}

export interface ParkingReason {
  code: string;
  message: string;
  queue: string;
  routingKey: string;
  atMs: number;
}

/** Headers of a message on its way to the parking queue. */
export function parkingHeaders(headers: Headers | undefined, reason: ParkingReason): Headers {
  return {
    ...carriedHeaders(headers),
    [HEADER.errorCode]: reason.code,
    [HEADER.errorMessage]: reason.message.slice(0, MAX_ERROR_MESSAGE),
    [HEADER.originQueue]: reason.queue,
    [HEADER.originRoutingKey]: reason.routingKey,
    [HEADER.parkedAt]: new Date(reason.atMs).toISOString(),
  };
}

/** Headers of a parked message that is sent back: as on its first delivery. */
export function replayHeaders(headers: Headers | undefined): Headers {
  return Object.fromEntries(
    Object.entries(carriedHeaders(headers)).filter(([name]) => name !== HEADER.attempt && !PARKING_HEADERS.has(name)),
  );
}
