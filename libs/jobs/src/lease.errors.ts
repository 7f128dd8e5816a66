import { CodedError } from '#libs/kernel';

/** Another process has taken over, or the job has ended: nothing of this attempt may be stored. */
export class LeaseLostError extends CodedError {
  constructor(sliceId: number) {
    super('JOBS.LEASE_LOST', 'conflict', `the lease of slice ${sliceId} is lost`);
  }
}

/** Why the signal of a handler aborts. */
export class JobAbortedError extends CodedError {
  constructor(readonly reason: 'cancelled' | 'lease-lost' | 'shutdown' | 'timeout') {
    super('JOBS.ABORTED', reason === 'timeout' ? 'timeout' : 'conflict', TEXT[reason]);
  }
}

const TEXT = {
  cancelled: 'the job was cancelled',
  'lease-lost': 'another process has taken over',
  shutdown: 'the process ends',
  timeout: 'the slice took too long',
} as const;
