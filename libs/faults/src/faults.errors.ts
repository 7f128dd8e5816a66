import { CodedError } from '#libs/kernel';

/** A fault is asked for that cannot be switched on like this (`FAULTS.REFUSED`). */
export class FaultRefusedError extends CodedError {
  constructor(why: string) {
    super('FAULTS.REFUSED', 'invalid', why);
  }
}

/** What the flag `failing-handler` throws: like any error nobody expected, it carries no code for callers. */
export class InjectedFault extends Error {
  override readonly name = 'InjectedFault';

  constructor(place: string) {
    super(`${place} fails because the fault flag failing-handler is on`);
  }
}
