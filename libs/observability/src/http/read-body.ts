import type { IncomingMessage } from 'node:http';
import { CodedError } from '#libs/kernel';

/** A request body is longer than is allowed (`HTTP.BODY_TOO_LARGE`). */
export class BodyTooLargeError extends CodedError {
  constructor(limit: number) {
    super('HTTP.BODY_TOO_LARGE', 'too-large', `the body may have at most ${limit} bytes`);
  }
}

/** Reads a whole body of at most `limit` bytes. */
export async function readBody(request: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new BodyTooLargeError(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
