import { CodedError } from '#libs/kernel';

export class RunbookNotFoundError extends CodedError {
  constructor(name: string) {
    super('OPS.RUNBOOK_NOT_FOUND', 'not-found', `there is no runbook ${name}`);
  }
}
