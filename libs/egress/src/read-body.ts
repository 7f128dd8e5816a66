import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import { AnswerTooLargeError, BadAnswerError } from './egress.errors.js';

/** What is asked for; a server that packs otherwise is not read. */
export const ACCEPTED_ENCODINGS = 'gzip, br';

/**
 * Reads a body whole, unpacked. `maxBytes` holds for the bytes unpacked, counted while they appear: a small answer that
 * unpacks to gigabytes costs no more memory than an honest one.
 *
 * @throws {AnswerTooLargeError | BadAnswerError} or what the stream throws
 */
export async function readBody(body: Readable, encoding: string, maxBytes: number): Promise<Buffer> {
  const unpack = unpackerFor(encoding.trim().toLowerCase());
  const chunks: Buffer[] = [];
  let bytes = 0;
  await pipeline(body, unpack, async (unpacked: AsyncIterable<Buffer>) => {
    for await (const chunk of unpacked) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new AnswerTooLargeError(maxBytes);
      chunks.push(chunk);
    }
  }).catch((error: unknown) => {
    // The streams that are torn down for it report errors of their own, sometimes first.
    if (bytes > maxBytes) throw new AnswerTooLargeError(maxBytes);
    throw isZlibError(error) ? new BadAnswerError('the body of the answer cannot be unpacked') : error;
  });
  return Buffer.concat(chunks, bytes);
}

function unpackerFor(encoding: string) {
  switch (encoding) {
    case '':
    case 'identity':
      return new PassThrough();
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'br':
      return createBrotliDecompress();
    default:
      throw new BadAnswerError('the body of the answer is packed in a way that was not asked for');
  }
}

function isZlibError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(Z_|ERR__ERROR_|ERR_BROTLI|ERR_ZLIB|ERR_PADDING)/.test(code);
}
