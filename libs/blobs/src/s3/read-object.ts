import { Readable } from 'node:stream';
import { backoffMs, sleep } from '#libs/kernel';
import type { Range } from '../blob-store.js';
import { BlobNotFoundError, BlobsUnavailableError } from '../blobs.errors.js';
import type { S3Bucket } from './s3-bucket.js';

/** How often a broken answer is taken up again without a byte of progress. */
const ATTEMPTS = 4;

/** Reads an object; where the connection breaks it goes on from the byte it has reached. */
export function readObject(bucket: S3Bucket, key: string, name: string, range: Range = {}): Readable {
  return Readable.from(bytesOf(bucket, key, name, range), { objectMode: false, highWaterMark: 256 * 1024 });
}

async function* bytesOf(bucket: S3Bucket, key: string, name: string, { start = 0, end }: Range) {
  let position = start;
  let etag: string | undefined;
  let last = end;
  for (let attempt = 0; last === undefined || position < last; attempt++) {
    if (start === 0 && last === 0) return;
    const found = await bucket.get(key, { start: position, end: last, etag });
    if (!found) throw new BlobNotFoundError(name);
    ({ etag } = found);
    // A file that is shorter than asked for ends where it ends.
    last = position + found.bytes;
    try {
      for await (const chunk of found.body as AsyncIterable<Buffer>) {
        position += chunk.byteLength;
        attempt = 0;
        yield chunk;
      }
      if (position < last) throw new Error(`the answer ended ${last - position} bytes early`);
    } catch (error) {
      if (attempt + 1 >= ATTEMPTS) throw new BlobsUnavailableError(error);
      await sleep(backoffMs(attempt, 100, 2_000));
    }
  }
}
