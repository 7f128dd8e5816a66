import { CodedError } from '#libs/kernel';

export class UploadEmptyError extends CodedError {
  constructor() {
    super('UPLOAD.EMPTY', 'invalid', 'the body is empty; send the file as the body of the request', {
      details: { errors: [{ where: 'body', message: 'empty', allowed: 'at least one byte' }] },
    });
  }
}

export class UploadTypeError extends CodedError {
  constructor(given: string | undefined, allowed: readonly string[]) {
    const said = given === undefined ? 'no Content-Type was given' : 'this Content-Type cannot be imported';
    const list = allowed.join(', ');
    super('UPLOAD.TYPE', 'unsupported', `${said}; allowed: ${list}`, {
      details: { errors: [{ where: 'header.content-type', message: said, allowed: list }] },
    });
  }
}

export class UploadAbortedError extends CodedError {
  constructor(cause: unknown) {
    super('UPLOAD.ABORTED', 'invalid', 'the connection ended before the body did; nothing was stored', { cause });
  }
}

export class TooManyUploadsError extends CodedError {
  constructor() {
    super('UPLOAD.TOO_MANY', 'unavailable', 'too many uploads at the same time; nothing was stored', {
      retryAfterMs: 10_000,
    });
  }
}

export class KeyReusedError extends CodedError {
  constructor(what: 'tag' | 'file') {
    super('UPLOAD.KEY_REUSED', 'conflict', `this Idempotency-Key was used before, for another ${what}`);
  }
}
