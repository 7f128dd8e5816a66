import type { CodedError, ErrorKind } from '#libs/kernel';

const STATUS_OF_KIND: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  gone: 410,
  'too-large': 413,
  unsupported: 415,
  'rate-limited': 429,
  internal: 500,
  unavailable: 503,
  timeout: 504,
};

/** Problems of HTTP itself, for which HTTP has a status of its own. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  'ROUTE.METHOD_NOT_ALLOWED': 405,
  'UPLOAD.STALLED': 408,
  'REQUEST.URI_TOO_LONG': 414,
  'REQUEST.EXPECTATION': 417,
  // tus 1.0.0 has statuses for its own refusals.
  'UPLOADS.TUS_VERSION': 412,
  'UPLOADS.LOCKED': 423,
  'UPLOADS.CHECKSUM': 460,
  'BLOBS.DISK_FULL': 507,
  // draft-ietf-httpapi-idempotency-key-header, section 2.7
  'JOBS.IDEMPOTENCY_MISMATCH': 422,
  'REQUEST.HEADERS_TOO_LARGE': 431,
};

/** How long to wait when the error itself does not say, in seconds. */
const DEFAULT_RETRY_AFTER: Readonly<Record<number, number>> = { 423: 5, 429: 10, 503: 2, 504: 1, 507: 60 };

export function statusOf(error: CodedError): number {
  return STATUS_OF_CODE[error.code] ?? STATUS_OF_KIND[error.kind] ?? 500;
}

/** Seconds for the Retry-After header, or undefined when trying again would not help. */
export function retryAfterOf(status: number, error: CodedError): number | undefined {
  const fallback = DEFAULT_RETRY_AFTER[status];
  if (fallback === undefined) return undefined;
  return error.retryAfterMs === undefined ? fallback : Math.max(1, Math.ceil(error.retryAfterMs / 1_000));
}
