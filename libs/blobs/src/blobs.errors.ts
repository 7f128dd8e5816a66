import { CodedError } from '#libs/kernel';

/** The stream is longer than the caller allowed; nothing was stored. */
export class BlobTooLargeError extends CodedError {
  constructor(maxBytes: number) {
    super('BLOBS.TOO_LARGE', 'too-large', `the body is larger than the ${maxBytes} bytes allowed`, {
      details: { max_bytes: maxBytes },
    });
  }
}

/** No file has that reference, or it has been removed. */
export class BlobNotFoundError extends CodedError {
  constructor(ref: string) {
    super('BLOBS.NOT_FOUND', 'not-found', `no stored file ${ref}`);
  }
}

/** The disk would become too full. Of a whole file nothing was stored; what came of a partial one before stays. */
export class DiskFullError extends CodedError {
  constructor(cause?: unknown) {
    super('BLOBS.DISK_FULL', 'unavailable', 'there is no room for this upload; try again later', {
      retryAfterMs: 60_000,
      cause,
    });
  }
}

/** The server that holds the files does not answer, or refuses. */
export class BlobsUnavailableError extends CodedError {
  constructor(cause: unknown) {
    super('BLOBS.UNAVAILABLE', 'unavailable', 'the store of files does not answer; try again', {
      retryAfterMs: 2_000,
      cause,
    });
  }
}

/** A piece does not begin where the stored part ends. */
export class OffsetConflictError extends CodedError {
  constructor(stored: number) {
    super('BLOBS.OFFSET_CONFLICT', 'conflict', `the next piece must begin at byte ${stored}`, {
      details: { offset: stored },
    });
  }
}

/** The file is not whole yet. */
export class PartialUnfinishedError extends CodedError {
  constructor(stored: number, bytes: number) {
    super('BLOBS.UNFINISHED', 'conflict', `${stored} of ${bytes} bytes have arrived`, {
      details: { offset: stored, length: bytes },
    });
  }
}
