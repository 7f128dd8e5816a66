/** What went wrong, in terms every transport can map (HTTP status, RPC answer, retry or not). */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'gone'
  | 'too-large'
  | 'unsupported'
  | 'rate-limited'
  | 'unavailable'
  | 'timeout'
  | 'internal';

/** Level at which an error is logged where it is handled. */
export type ErrorLogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Facts that may be shown to the caller: never secrets, never stack traces. */
export type ErrorDetails = Record<string, unknown>;

/** What an error may carry besides code, kind and message. */
export interface CodedErrorOptions {
  details?: ErrorDetails;
  /** How long a caller should wait before it tries again, in milliseconds. */
  retryAfterMs?: number;
  cause?: unknown;
}

/**
 * Base of every expected error. Use cases throw subclasses; one filter per transport maps `kind` to its own answer.
 *
 * `code` is stable and public (`ARCHIVES.NOT_FOUND`); `message` is safe to show to the caller.
 *
 * @example
 * class ArchiveNotFoundError extends CodedError {
 *   constructor(id: string) {
 *     super('ARCHIVES.NOT_FOUND', 'not-found', `no archive ${id}`);
 *   }
 * }
 */
export class CodedError extends Error {
  readonly details: ErrorDetails | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly code: string,
    readonly kind: ErrorKind,
    message: string,
    options: CodedErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.details = options.details;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** A caller's mistake is news for the caller, not for the operator. */
  get logLevel(): ErrorLogLevel {
    switch (this.kind) {
      case 'internal':
        return 'error';
      case 'unavailable':
      case 'timeout':
        return 'warn';
      default:
        return 'info';
    }
  }

  /** The form in which the error crosses a transport. */
  toWire(): WireError {
    return {
      code: this.code,
      kind: this.kind,
      message: this.message,
      ...(this.details && { details: this.details }),
      ...(this.retryAfterMs !== undefined && { retryAfterMs: this.retryAfterMs }),
    };
  }
}

/** JSON form of a {@link CodedError}, as it travels in RPC answers. */
export interface WireError {
  code: string;
  kind: ErrorKind;
  message: string;
  details?: ErrorDetails;
  retryAfterMs?: number;
}

/** Rebuilds the error a remote service threw. */
export function fromWire(wire: WireError): CodedError {
  return new CodedError(wire.code, wire.kind, wire.message, {
    ...(wire.details && { details: wire.details }),
    ...(wire.retryAfterMs !== undefined && { retryAfterMs: wire.retryAfterMs }),
  });
}

/** Tells whether a value has the shape of {@link WireError}; anything may arrive over a wire. */
export function isWireError(value: unknown): value is WireError {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as WireError).code === 'string' &&
    typeof (value as WireError).kind === 'string' &&
    typeof (value as WireError).message === 'string'
  );
}

/** Message of anything thrown, for logs. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
