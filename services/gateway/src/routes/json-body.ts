import type { IncomingMessage, ServerResponse } from 'node:http';
import { SlowRequestError } from '../problems/http.errors.js';
import { BodyAbortedError, BodyMalformedError, BodyTooLargeError, BodyTypeError } from './json-body.errors.js';
import { JsonTextError, parseJsonText } from './json-text.domain.js';

/** Largest JSON body. Files are uploaded by routes of their own, as streams. */
export const MAX_JSON_BYTES = 64 * 1024;

/** How long a body of at most {@link MAX_JSON_BYTES} may take to arrive, in milliseconds. */
const ARRIVAL_MS = 15_000;

/**
 * The body of a request as a JSON value. What can be refused by its headers is refused before a byte of it is read.
 *
 * @throws CodedError saying what is wrong with the type, the size or the text
 */
export async function readJsonBody(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
  const { headers } = request;
  refuseType(headers['content-type'], headers['content-encoding']);
  if (Number(headers['content-length'] ?? 0) > MAX_JSON_BYTES) throw new BodyTooLargeError(MAX_JSON_BYTES);
  if (headers.expect !== undefined) response.writeContinue();
  return parse(await readAll(request));
}

function refuseType(contentType: string | undefined, encoding: string | undefined): void {
  if (contentType === undefined) throw new BodyTypeError('no Content-Type was given');
  const [type, ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  if (type !== 'application/json') throw new BodyTypeError('this Content-Type is not accepted here');
  const other = parameters.some((parameter) => !/^(charset="?utf-8"?)?$/.test(parameter));
  if (other) throw new BodyTypeError('this parameter of the Content-Type is not accepted here');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new BodyTypeError('compressed bodies are not accepted here');
  }
}

/** Collects the bytes by hand: reading a stream by iteration would destroy it, and with it the socket of the answer. */
function readAll(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      request.off('data', take).off('end', end).off('close', abort).off('error', abort);
      // A late error of a body nobody wants any more must not become an uncaught one.
      request.on('error', () => undefined);
      settle();
    };
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_JSON_BYTES) finish(() => reject(new BodyTooLargeError(MAX_JSON_BYTES)));
      else chunks.push(chunk);
    };
    const end = () => finish(() => resolve(Buffer.concat(chunks)));
    const abort = () => finish(() => reject(new BodyAbortedError()));
    const timer = setTimeout(() => finish(() => reject(new SlowRequestError())), ARRIVAL_MS);
    if (request.destroyed) return abort();
    request.on('data', take).on('end', end).on('close', abort).on('error', abort);
  });
}

function parse(bytes: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BodyMalformedError('it is not valid UTF-8');
  }
  try {
    return parseJsonText(text);
  } catch (error) {
    if (error instanceof JsonTextError) throw new BodyMalformedError(error.message, error);
    throw error;
  }
}
