import { CodedError, type ErrorDetails } from '#libs/kernel';

/**
 * Thrown by an event handler when the same event may succeed later: the event goes up the retry ladder. Any other error
 * (unless it is a {@link CodedError} of kind `unavailable`, `timeout` or `rate-limited`) parks the event.
 */
export class RetryableError extends CodedError {
  constructor(message: string, options: { delayMs?: number; cause?: unknown } = {}) {
    super('EVENT.RETRYABLE', 'unavailable', message, {
      cause: options.cause,
      ...(options.delayMs !== undefined && { retryAfterMs: options.delayMs }),
    });
  }
}

/** The answer did not come before the deadline of the call; the handler may or may not have run. */
export class RpcTimeoutError extends CodedError {
  constructor(name: string, timeoutMs: number) {
    super('RPC.TIMEOUT', 'timeout', `${name} did not answer within ${timeoutMs} ms`);
  }
}

/** The broker cannot be used at the moment; nothing was sent. */
export class RpcUnavailableError extends CodedError {
  constructor(reason: string) {
    super('RPC.UNAVAILABLE', 'unavailable', `the message broker is not available: ${reason}`, { retryAfterMs: 1_000 });
  }
}

/** The connection went away while the call was on its way; the handler may or may not have run. */
export class RpcBrokerLostError extends CodedError {
  constructor(name: string) {
    super('RPC.BROKER_LOST', 'unavailable', `the connection to the broker was lost during ${name}`, {
      retryAfterMs: 1_000,
    });
  }
}

/** Too many calls are in flight; nothing was sent. */
export class RpcOverloadedError extends CodedError {
  constructor(limit: number) {
    super('RPC.OVERLOADED', 'unavailable', `more than ${limit} calls are waiting for an answer`, {
      retryAfterMs: 1_000,
    });
  }
}

/** No queue takes the call: the service does not run anywhere and never did on this broker. */
export class RpcUnroutableError extends CodedError {
  constructor(name: string) {
    super('RPC.UNROUTABLE', 'unavailable', `no service takes ${name}`, { retryAfterMs: 5_000 });
  }
}

/** The caller gave the call up. */
export class RpcAbortedError extends CodedError {
  constructor(name: string) {
    super('RPC.ABORTED', 'timeout', `${name} was given up by its caller`);
  }
}

/** The input does not fit the contract; `details.fields` names each bad field. */
export class RpcInvalidInputError extends CodedError {
  constructor(name: string, fields: ReadonlyArray<{ path: string; message: string }>) {
    super('RPC.INVALID_INPUT', 'invalid', `${name}: ${summary(fields)}`, { details: { fields } });
  }
}

/** The answer of a handler does not fit the contract: a bug of that service. */
export class RpcInvalidOutputError extends CodedError {
  constructor(name: string, fields: ReadonlyArray<{ path: string; message: string }>) {
    super('RPC.INVALID_OUTPUT', 'internal', `the answer of ${name} does not fit its contract`, { details: { fields } });
  }
}

/** A message that could not be published. `reason` is one of a few stable words. */
export class PublishError extends CodedError {
  constructor(
    readonly reason: 'unroutable' | 'nacked' | 'lost' | 'blocked' | 'disconnected' | 'timeout' | 'overloaded',
    message: string,
  ) {
    super(`PUBLISH.${reason.toUpperCase()}`, 'unavailable', message, { retryAfterMs: 1_000 });
  }
}

/** A message over the size cap. Large content belongs into the blob store; messages carry references. */
export class MessageTooLargeError extends CodedError {
  constructor(what: string, bytes: number, limit: number) {
    super('MESSAGE.TOO_LARGE', 'too-large', `${what} has ${bytes} bytes; a message may have ${limit}`, {
      details: { bytes, limit },
    });
  }
}

/** A message that can never be handled. `code` is the `x-error-code` under which it is parked. */
export class UnusableMessageError extends CodedError {
  constructor(code: string, message: string, details?: ErrorDetails) {
    super(code, 'invalid', message, details && { details });
  }
}

/** The declared contracts and the handlers found do not fit together; the process must not start. */
export class HandlerMismatchError extends CodedError {
  constructor(readonly problems: readonly string[]) {
    super('MESSAGING.HANDLERS', 'internal', `handlers and contracts do not fit:\n- ${problems.join('\n- ')}`);
  }
}

function summary(fields: ReadonlyArray<{ path: string; message: string }>): string {
  return fields.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
}
