import { MessageTooLargeError, UnusableMessageError } from './messaging.errors.js';

/** Longest message body, in bytes, that is published or handled. */
export const MAX_MESSAGE_BYTES = 256 * 1024;

/** Nest's request packet; `id` is absent on events. */
export interface RequestPacket {
  pattern: string;
  data: unknown;
  id?: string;
}

/** Nest's answer packet. */
export interface AnswerPacket {
  id?: string;
  err?: unknown;
  response?: unknown;
  isDisposed: boolean;
}

/** @throws MessageTooLargeError */
export function encodePacket(packet: RequestPacket | AnswerPacket, what: string): Buffer {
  return withinCap(Buffer.from(JSON.stringify(packet)), what);
}

const EVENT_FRAME_BYTES = '{"pattern":,"data":}'.length;

/**
 * Body of an event; `json` is the payload, already as JSON text.
 *
 * @throws MessageTooLargeError
 */
export function encodeEvent(name: string, json: string): Buffer {
  return withinCap(Buffer.from(`{"pattern":${JSON.stringify(name)},"data":${json}}`), `the event ${name}`);
}

/**
 * Checks an event before it is stored, without making its packet.
 *
 * @throws MessageTooLargeError
 */
export function assertEventFits(name: string, json: string): void {
  const bytes = Buffer.byteLength(json) + Buffer.byteLength(JSON.stringify(name)) + EVENT_FRAME_BYTES;
  if (bytes > MAX_MESSAGE_BYTES) throw new MessageTooLargeError(`the event ${name}`, bytes, MAX_MESSAGE_BYTES);
}

/** @throws MessageTooLargeError */
export function withinCap(content: Buffer, what: string): Buffer {
  if (content.length > MAX_MESSAGE_BYTES) throw new MessageTooLargeError(what, content.length, MAX_MESSAGE_BYTES);
  return content;
}

/**
 * Reads a packet as Nest writes it: `{pattern, data, id?}`. A pattern that is an object, as Nest allows, becomes its JSON.
 *
 * @throws UnusableMessageError with code `MESSAGE.TOO_LARGE`, `MESSAGE.INVALID_JSON` or `MESSAGE.INVALID_PACKET`
 */
export function decodeRequest(content: Buffer): RequestPacket {
  if (content.length > MAX_MESSAGE_BYTES) {
    throw new UnusableMessageError('MESSAGE.TOO_LARGE', `${content.length} bytes, allowed are ${MAX_MESSAGE_BYTES}`);
  }
  const packet = parseObject(content);
  const { pattern, data, id } = packet;
  const name = typeof pattern === 'object' && pattern !== null ? JSON.stringify(pattern) : pattern;
  if (typeof name !== 'string' || name.length > 255) {
    throw new UnusableMessageError('MESSAGE.INVALID_PACKET', 'a packet needs a pattern of at most 255 characters');
  }
  return { pattern: name, data, ...(typeof id === 'string' && { id }) };
}

/** @throws UnusableMessageError */
export function decodeAnswer(content: Buffer): AnswerPacket {
  const packet = parseObject(content);
  return { err: packet['err'], response: packet['response'], isDisposed: packet['isDisposed'] === true };
}

function parseObject(content: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(content.toString('utf8'));
  } catch {
    throw new UnusableMessageError('MESSAGE.INVALID_JSON', 'the body is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UnusableMessageError('MESSAGE.INVALID_PACKET', 'the body is not a JSON object');
  }
  return value as Record<string, unknown>;
}
