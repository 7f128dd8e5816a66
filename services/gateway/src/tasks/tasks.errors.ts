import { CodedError } from '#libs/kernel';

/** The tenant has no task of that token, or it is of another kind than the address says. */
export class TaskNotFoundError extends CodedError {
  constructor(token: string) {
    super('TASKS.NOT_FOUND', 'not-found', `no task ${token}`);
  }
}

export class TaskExpiredError extends CodedError {
  constructor() {
    super('TASKS.EXPIRED', 'gone', 'the result was kept for a while and is gone; send the file again');
  }
}

export class TooManyTaskStreamsError extends CodedError {
  constructor() {
    super('TASKS.TOO_MANY_STREAMS', 'unavailable', 'too many streams of events are open; ask for the status instead', {
      retryAfterMs: 10_000,
    });
  }
}
