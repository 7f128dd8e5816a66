import { CodedError } from '#libs/kernel';

export interface FieldError {
  /** `query.limit`, `path.id`, `header.idempotency-key` or `body`. */
  where: string;
  message: string;
  allowed?: string;
}

/** Longest list of bad fields one answer names; a hostile query may have thousands. */
const MAX_LISTED = 20;

export class InvalidRequestError extends CodedError {
  constructor(errors: FieldError[]) {
    const named = errors.slice(0, MAX_LISTED);
    super('REQUEST.INVALID', 'invalid', named.map(({ where, message }) => `${where}: ${message}`).join('; '), {
      details: { errors: named },
    });
  }
}

export class RouteNotFoundError extends CodedError {
  constructor() {
    super('ROUTE.NOT_FOUND', 'not-found', 'there is nothing at this address; see /api/docs for what there is');
  }
}

export class MethodNotAllowedError extends CodedError {
  constructor(readonly allow: readonly string[]) {
    super('ROUTE.METHOD_NOT_ALLOWED', 'invalid', `this address accepts ${allow.join(', ')} only`);
  }
}

export class MissingHostError extends CodedError {
  constructor() {
    super('REQUEST.NO_HOST', 'invalid', 'an HTTP/1.1 request must carry one Host header (RFC 9112 section 3.2)');
  }
}

export class ExpectationFailedError extends CodedError {
  constructor() {
    super('REQUEST.EXPECTATION', 'invalid', 'the only expectation that can be met is 100-continue');
  }
}
