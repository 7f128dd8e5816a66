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

/** The disk would become too full; nothing was stored. */
export class DiskFullError extends CodedError {
  constructor() {
    super('BLOBS.DISK_FULL', 'unavailable', 'the disk for uploads is nearly full; nothing was stored', {
      retryAfterMs: 60_000,
    });
  }
}
