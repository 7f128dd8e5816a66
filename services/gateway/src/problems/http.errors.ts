import { CodedError } from '#libs/kernel';

export class MalformedRequestError extends CodedError {
  constructor(message: string) {
    super('REQUEST.MALFORMED', 'invalid', message);
  }
}

export class HeadersTooLargeError extends CodedError {
  constructor() {
    super('REQUEST.HEADERS_TOO_LARGE', 'invalid', 'the request line and headers are larger than 16 KiB');
  }
}

export class UriTooLongError extends CodedError {
  constructor() {
    super('REQUEST.URI_TOO_LONG', 'invalid', 'a part of the path is longer than 200 characters');
  }
}

export class SlowRequestError extends CodedError {
  constructor() {
    super('UPLOAD.STALLED', 'invalid', 'the request did not arrive in time');
  }
}
