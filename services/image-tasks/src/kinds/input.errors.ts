import { CodedError } from '#libs/kernel';

/** The bytes of the stored file are not those that were sent. */
export class StoredFileChangedError extends CodedError {
  constructor() {
    super('TASKS.INPUT_CHANGED', 'conflict', 'the stored input has changed: it is not what was sent');
  }
}
