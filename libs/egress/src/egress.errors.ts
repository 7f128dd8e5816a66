import { CodedError } from '#libs/kernel';

/** Base of what the guard throws. No message repeats what a stranger's server has sent. */
export abstract class EgressError extends CodedError {}

/** `EGRESS.URL_REFUSED`: not http(s), a port that is not allowed, or a user name in the URL. */
export class UrlRefusedError extends EgressError {
  constructor(problem: string) {
    super('EGRESS.URL_REFUSED', 'invalid', problem);
  }
}

/** `EGRESS.ADDRESS_REFUSED`: the host is, or resolves to, nothing but addresses that are not public. */
export class AddressRefusedError extends EgressError {
  constructor(host: string) {
    super('EGRESS.ADDRESS_REFUSED', 'forbidden', `${host} does not lead to a public address`);
  }
}

/** `EGRESS.REDIRECT_REFUSED`: too many redirects, one that cannot be followed, or one from https to http. */
export class RedirectRefusedError extends EgressError {
  constructor(problem: string) {
    super('EGRESS.REDIRECT_REFUSED', 'invalid', problem);
  }
}

/** `EGRESS.TOO_LARGE`: the answer, unpacked, has more bytes than the caller takes. */
export class AnswerTooLargeError extends EgressError {
  constructor(maxBytes: number) {
    super('EGRESS.TOO_LARGE', 'too-large', `the answer has more than ${maxBytes} bytes`, { details: { maxBytes } });
  }
}

/** `EGRESS.TIMEOUT`: the whole call, redirects and body included, took too long. */
export class EgressTimeoutError extends EgressError {
  constructor(timeoutMs: number) {
    super('EGRESS.TIMEOUT', 'timeout', `no complete answer within ${timeoutMs} ms`);
  }
}

/** `EGRESS.UNREACHABLE`: no connection, or one that broke. `details.reason` is the system's code, such as `ECONNRESET`. */
export class UnreachableError extends EgressError {
  constructor(host: string, reason: string, cause: unknown) {
    super('EGRESS.UNREACHABLE', 'unavailable', `${host} cannot be reached (${reason})`, { details: { reason }, cause });
  }
}

/** `EGRESS.BAD_ANSWER`: the body is packed in a way nobody asked for, or cannot be unpacked. */
export class BadAnswerError extends EgressError {
  constructor(problem: string) {
    super('EGRESS.BAD_ANSWER', 'unavailable', problem);
  }
}
