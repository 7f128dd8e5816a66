import { CodedError } from '#libs/kernel';

export class CaptureNotFoundError extends CodedError {
  constructor(id: string) {
    super('CAPTURES.NOT_FOUND', 'not-found', `no capture ${id}`);
  }
}

export class CaptureConflictError extends CodedError {
  constructor(id: string) {
    super('CAPTURES.CONFLICT', 'conflict', `capture ${id} exists already and asks for something else, or is deleted`);
  }
}

export class CaptureEndedError extends CodedError {
  constructor(id: string) {
    super('CAPTURES.ENDED', 'conflict', `capture ${id} has ended; start a new one`);
  }
}

export class TooManyCapturesError extends CodedError {
  constructor(limit: number) {
    super('CAPTURES.TOO_MANY', 'conflict', `at most ${limit} captures may be open at once; delete one first`);
  }
}

export class SourceNotConfiguredError extends CodedError {
  constructor(source: string, configured: readonly string[]) {
    const available = configured.length > 0 ? `available: ${configured.join(', ')}` : 'no source is configured';
    super('CAPTURES.SOURCE_NOT_CONFIGURED', 'invalid', `sources: ${source} is not configured here; ${available}`, {
      details: { source, configured: [...configured] },
    });
  }
}

export class EveryNeedsFollowError extends CodedError {
  constructor() {
    super('CAPTURES.EVERY_NEEDS_FOLLOW', 'invalid', 'every: only a capture with mode follow has an interval');
  }
}

export class FromInFutureError extends CodedError {
  constructor() {
    super('CAPTURES.FROM_IN_FUTURE', 'invalid', 'from: a capture cannot begin in the future');
  }
}

/** Another process has the part or the stream now; this one must stop without a trace. */
export class LeaseLostError extends Error {
  constructor(what: string) {
    super(`lease of ${what} lost`);
    this.name = 'LeaseLostError';
  }
}
