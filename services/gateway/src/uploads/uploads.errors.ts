import { CodedError } from '#libs/kernel';

/** The tenant has no upload of that id, also when another tenant has. */
export class UploadNotFoundError extends CodedError {
  constructor(id: string) {
    super('UPLOADS.NOT_FOUND', 'not-found', `no upload ${id}`);
  }
}

export class UploadExpiredError extends CodedError {
  constructor() {
    super('UPLOADS.EXPIRED', 'gone', 'the upload was kept for a while and is gone; begin again');
  }
}

export class UploadUnfinishedError extends CodedError {
  constructor(offset: number, bytes: number) {
    super('UPLOADS.UNFINISHED', 'conflict', `${offset} of ${bytes} bytes have arrived; send the rest first`, {
      details: { offset, bytes },
    });
  }
}

/** Another gateway is still writing: it, or its connection, may have died a moment ago. */
export class UploadLockedError extends CodedError {
  constructor() {
    super('UPLOADS.LOCKED', 'conflict', 'another request is sending to this upload; try again in some seconds', {
      retryAfterMs: 5_000,
    });
  }
}

export class UploadQuotaError extends CodedError {
  constructor(details: { quota_bytes: number; used_bytes: number } | { quota_uploads: number }) {
    super('UPLOADS.QUOTA', 'too-large', 'this is beyond what you may have uploaded at a time; delete an upload first', {
      details,
    });
  }
}

export class UploadChecksumError extends CodedError {
  constructor(found: string) {
    super('UPLOADS.CHECKSUM', 'invalid', `the SHA-256 of what arrived is ${found}, not the one in the metadata`, {
      details: { sha256: found },
    });
  }
}

export class TusVersionError extends CodedError {
  constructor() {
    super('UPLOADS.TUS_VERSION', 'invalid', 'the header Tus-Resumable must be 1.0.0');
  }
}

export class PieceTypeError extends CodedError {
  constructor() {
    super('UPLOADS.PIECE_TYPE', 'unsupported', 'the Content-Type of a piece is application/offset+octet-stream');
  }
}
