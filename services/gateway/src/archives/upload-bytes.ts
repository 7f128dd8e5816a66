import type { Readable } from 'node:stream';
import { SlowRequestError } from '../problems/http.errors.js';
import { UploadAbortedError, UploadEmptyError } from './upload.errors.js';

/** Slowest average an upload may have once it is older than {@link RATE_AFTER_MS}, in bytes per second. */
const MIN_RATE = 1_024;
const RATE_AFTER_MS = 60_000;

/**
 * The bytes of an upload. Ends with an error when nothing arrived at all
 * (unless it may be empty), when the client pauses longer than `idleMs`,
 * drips bytes to hold the connection, or goes away. The source is never destroyed here, so that the error can still be
 * answered on its socket.
 */
export async function* uploadBytes(
  source: Readable,
  idleMs: number,
  { mayBeEmpty = false }: { mayBeEmpty?: boolean } = {},
): AsyncGenerator<Uint8Array> {
  const chunks = source.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]();
  const startedAt = Date.now();
  let bytes = 0;
  try {
    for (;;) {
      const next = await withDeadline(chunks.next() as Promise<IteratorResult<Uint8Array>>, idleMs);
      if (next.done) break;
      bytes += next.value.byteLength;
      const elapsedMs = Date.now() - startedAt;
      if (elapsedMs > RATE_AFTER_MS && (bytes * 1_000) / elapsedMs < MIN_RATE) throw new SlowRequestError();
      yield next.value;
    }
  } finally {
    // Lets go of the source, so that what still arrives can be discarded. Not awaited: after a pause a read is pending.
    void chunks.return?.().catch(() => undefined);
  }
  if (bytes === 0 && !mayBeEmpty) throw new UploadEmptyError();
}

function withDeadline<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new SlowRequestError()), ms);
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (cause: unknown) => {
        clearTimeout(timer);
        reject(new UploadAbortedError(cause));
      },
    );
  });
}
