import { CodedError } from '#libs/kernel';

export class OverloadedError extends CodedError {
  constructor() {
    super('GATEWAY.OVERLOADED', 'unavailable', 'too many requests are being answered right now', {
      retryAfterMs: 1_000,
    });
  }
}

export class RateLimitedError extends CodedError {
  constructor(retryAfterMs: number) {
    super('GATEWAY.RATE_LIMITED', 'rate-limited', 'too many requests from this address', { retryAfterMs });
  }
}
