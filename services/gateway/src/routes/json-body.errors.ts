import { CodedError } from '#libs/kernel';

export class BodyMalformedError extends CodedError {
  constructor(message: string, place?: { line: number; column: number }) {
    const said = place ? `${message} (line ${place.line}, column ${place.column})` : message;
    super('REQUEST.BAD_JSON', 'invalid', `the body is not valid JSON: ${said}`, {
      details: { errors: [{ where: 'body', message: said, allowed: 'one JSON object in UTF-8' }] },
    });
  }
}

export class BodyTypeError extends CodedError {
  constructor(message: string) {
    super('REQUEST.BODY_TYPE', 'unsupported', `${message}; allowed: application/json in UTF-8, not compressed`, {
      details: { errors: [{ where: 'header.content-type', message, allowed: 'application/json' }] },
    });
  }
}

export class BodyTooLargeError extends CodedError {
  constructor(maxBytes: number) {
    super('REQUEST.BODY_TOO_LARGE', 'too-large', `the body is larger than ${maxBytes / 1024} KiB; nothing was done`);
  }
}

export class BodyAbortedError extends CodedError {
  constructor() {
    super('REQUEST.BODY_ABORTED', 'invalid', 'the connection ended before the body did; nothing was done');
  }
}
