import { CodedError } from '#libs/kernel';

export class UnknownKeyError extends CodedError {
  constructor() {
    super('ACCESS.UNKNOWN_KEY', 'unauthenticated', 'unknown key');
  }
}

export class KeyNeededError extends CodedError {
  constructor(scope: string) {
    super('ACCESS.KEY_NEEDED', 'unauthenticated', `this needs a key with the scope ${scope}`);
  }
}
