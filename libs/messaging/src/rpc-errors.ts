import { RpcException } from '@nestjs/microservices';
import { CodedError, fromWire, isWireError, type ErrorKind, type WireError } from '#libs/kernel';

/** What Nest's own exception filter says of an unknown error and of a guard that said no. */
const NEST_UNKNOWN = 'Internal server error';
const NEST_FORBIDDEN = 'Forbidden resource';

const INTERNAL: WireError = { code: 'INTERNAL', kind: 'internal', message: 'an unexpected error happened' };

/**
 * The form in which an error leaves the service. Only what is meant for callers leaves: coded errors as they are, the
 * message of an `RpcException`; anything else is `INTERNAL`.
 */
export function errorToWire(error: unknown): WireError {
  if (error instanceof CodedError) return error.toWire();
  if (isWireError(error)) return error;
  const shown = error instanceof RpcException ? error.getError() : error;
  if (isWireError(shown)) return shown;
  const message = typeof shown === 'string' ? shown : nestMessage(shown);
  if (message === NEST_FORBIDDEN) return { code: 'RPC.FORBIDDEN', kind: 'forbidden', message: 'not allowed' };
  if (message === undefined || message === NEST_UNKNOWN) return INTERNAL;
  return { code: 'RPC.REFUSED', kind: 'internal', message };
}

/** Rebuilds the error from the `err` field of an answer, also one of a plain Nest service. */
export function errorFromWire(err: unknown): CodedError {
  if (isWireError(err)) return fromWire(err);
  const message = typeof err === 'string' ? err : (nestMessage(err) ?? 'the service answered with an error');
  return new CodedError('RPC.REMOTE_ERROR', 'internal', message);
}

/** Nest's filters turn errors into plain `{status: 'error', message}`. An `Error` is never shown. */
function nestMessage(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || value instanceof Error) return undefined;
  const { status, message } = value as { status?: unknown; message?: unknown };
  return status === 'error' && typeof message === 'string' ? message : undefined;
}

/** The metric label for how a call ended: `error` is our fault, `rejected` the caller's. */
export function outcomeOf(kind: ErrorKind | undefined): 'success' | 'error' | 'rejected' | 'timeout' {
  switch (kind) {
    case undefined:
      return 'success';
    case 'timeout':
      return 'timeout';
    case 'internal':
    case 'unavailable':
      return 'error';
    default:
      return 'rejected';
  }
}
