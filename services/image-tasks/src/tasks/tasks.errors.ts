import { CodedError } from '#libs/kernel';

export class BadCursorError extends CodedError {
  constructor() {
    super('PAGING.BAD_CURSOR', 'invalid', 'cursor: use the next_cursor of an earlier page, unchanged');
  }
}

/** Only what a finished `randomize` task has made can be restored. */
export class NotRestorableError extends CodedError {
  constructor(why: string) {
    super('TASKS.NOT_RESTORABLE', 'conflict', `there is nothing to restore: ${why}`);
  }
}

export class ResultExpiredError extends CodedError {
  constructor() {
    super('TASKS.EXPIRED', 'gone', 'the result was kept for a while and is gone; send the file again');
  }
}

/** The file that was handed over is not in the store, or is another one. */
export class InputMissingError extends CodedError {
  constructor() {
    super('TASKS.INPUT_MISSING', 'unavailable', 'the stored file cannot be read here; send it again');
  }
}
