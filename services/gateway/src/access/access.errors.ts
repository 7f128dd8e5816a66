import { CodedError } from '#libs/kernel';

/** Never says which part of the key was wrong. */
export class UnknownKeyError extends CodedError {
  constructor() {
    super('ACCESS.UNKNOWN_KEY', 'unauthenticated', 'unknown key');
  }
}

/** Says nothing of what was sent: it may be a secret of somebody else. */
export class MalformedKeyError extends CodedError {
  constructor() {
    super(
      'ACCESS.MALFORMED_KEY',
      'unauthenticated',
      'the Authorization header must be: Bearer mir_<id>_<secret>, as "npm run keys -- create" printed it',
    );
  }
}

/** Told only to who knows the secret. */
export class KeyEndedError extends CodedError {
  constructor(why: 'expired' | 'revoked') {
    super(why === 'expired' ? 'ACCESS.KEY_EXPIRED' : 'ACCESS.KEY_REVOKED', 'unauthenticated', `this key is ${why}`);
  }
}

export class KeyNeededError extends CodedError {
  constructor(scope: string) {
    super('ACCESS.KEY_NEEDED', 'unauthenticated', `this needs a key with the scope ${scope}`);
  }
}

export class ScopeMissingError extends CodedError {
  constructor(scope: string) {
    super('ACCESS.SCOPE_MISSING', 'forbidden', `this key lacks the scope ${scope}`);
  }
}

/** Keys cannot be checked; nothing is known about this one, so it is not called unknown. */
export class KeysUnavailableError extends CodedError {
  constructor(cause?: unknown) {
    super('ACCESS.KEYS_UNAVAILABLE', 'unavailable', 'keys cannot be checked right now; try again', {
      retryAfterMs: 2_000,
      cause,
    });
  }
}

export class TooManyFailuresError extends CodedError {
  constructor(retryAfterMs: number) {
    super('ACCESS.TOO_MANY_FAILURES', 'rate-limited', 'too many keys that do not work came from this address', {
      retryAfterMs,
    });
  }
}

export class KeyRateLimitedError extends CodedError {
  constructor(retryAfterMs: number) {
    super('ACCESS.KEY_RATE_LIMITED', 'rate-limited', 'too many requests with this key', { retryAfterMs });
  }
}
