import { CodedError, type ErrorDetails } from '#libs/kernel';

/** A handler throws it when the input is at fault: no retry, the owner sees code and message. */
export class PermanentJobError extends CodedError {
  constructor(code: string, message: string, details?: ErrorDetails) {
    super(code, 'invalid', message, details && { details });
  }
}

/** The tenant has no job of that id. */
export class JobNotFoundError extends CodedError {
  constructor(id: string) {
    super('JOBS.NOT_FOUND', 'not-found', `no job ${id}`);
  }
}

/** The idempotency key belongs to a request that asked for something else. */
export class IdempotencyMismatchError extends CodedError {
  constructor() {
    super(
      'JOBS.IDEMPOTENCY_MISMATCH',
      'conflict',
      'the idempotency key was used for another request; use a new key for a new request',
    );
  }
}

/** A request with the same idempotency key is still being received. */
export class IdempotencyInFlightError extends CodedError {
  constructor() {
    super(
      'JOBS.IDEMPOTENCY_IN_FLIGHT',
      'conflict',
      'a request with the same idempotency key is under way; ask again when it has ended',
      { retryAfterMs: 1_000 },
    );
  }
}

/** Only jobs that failed, were parked or cancelled can run again. */
export class JobNotRetryableError extends CodedError {
  constructor(id: string, state: string) {
    super(
      'JOBS.NOT_RETRYABLE',
      'conflict',
      `job ${id} is ${state}; only jobs that failed, were parked or cancelled can run again`,
      {
        details: { state },
      },
    );
  }
}

/** The parameters do not fit the kind of job. */
export class InvalidJobError extends CodedError {
  constructor(kind: string, fields: ReadonlyArray<{ path: string; message: string }>) {
    const text = fields.map(({ path, message }) => `${path}: ${message}`).join('; ');
    super('JOBS.INVALID_PARAMS', 'invalid', `the parameters of ${kind} are not valid: ${text}`, {
      details: { fields },
    });
  }
}

/** No such kind of job is declared here. */
export class UnknownJobKindError extends CodedError {
  constructor(kind: string, known: readonly string[]) {
    super('JOBS.UNKNOWN_KIND', 'invalid', `no kind of job is called ${kind}; there are ${known.join(', ')}`);
  }
}
