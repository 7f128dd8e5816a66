import { PermanentJobError } from '#libs/jobs';
import { CodedError, type ErrorKind } from '#libs/kernel';

/** What is at fault is the input: another attempt would end the same way. */
const AT_FAULT: ReadonlySet<ErrorKind> = new Set([
  'invalid',
  'unsupported',
  'too-large',
  'conflict',
  'not-found',
  'gone',
]);

/** Runs the work; refusals of the input become ones that are not tried again. */
export async function refusingForGood<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CodedError && !(error instanceof PermanentJobError) && AT_FAULT.has(error.kind)) {
      throw new PermanentJobError(error.code, error.message, error.details);
    }
    throw error;
  }
}
