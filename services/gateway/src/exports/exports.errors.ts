import { CodedError } from '#libs/kernel';

export class IdsHaveAuthorsError extends CodedError {
  constructor() {
    const message = 'format=ids cannot be combined with authors=pseudonym: an id leads to its author';
    super('EXPORTS.IDS_NAME_AUTHORS', 'invalid', message, {
      details: { errors: [{ where: 'query.authors', message, allowed: 'full' }] },
    });
  }
}

export class TooManyExportsError extends CodedError {
  constructor() {
    super('EXPORTS.TOO_MANY', 'unavailable', 'too many exports at the same time; nothing was counted', {
      retryAfterMs: 10_000,
    });
  }
}
