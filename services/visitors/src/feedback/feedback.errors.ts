import { CodedError } from '#libs/kernel';

export class BadCursorError extends CodedError {
  constructor() {
    super('PAGING.BAD_CURSOR', 'invalid', 'cursor: use the next_cursor of an earlier page, unchanged');
  }
}
