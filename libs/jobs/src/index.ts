export { JOB_ENTITIES } from './job.entity.js';
export { JOB_TABLES_SQL } from './job-tables.js';
export {
  JOB_CLASSES,
  JOB_STATES,
  type Amount,
  type FinishContext,
  type JobBlob,
  type JobClass,
  type JobFilter,
  type JobInfo,
  type JobKind,
  type JobOutcome,
  type JobProblem,
  type JobState,
  type JobTimings,
  type Json,
  type QueuePlace,
  type SliceContext,
  type SliceSpec,
  type SubmitJob,
  type SubmittedJob,
} from './job.types.js';
export {
  IdempotencyInFlightError,
  IdempotencyMismatchError,
  InvalidJobError,
  JobNotFoundError,
  JobNotRetryableError,
  PermanentJobError,
  UnknownJobKindError,
} from './jobs.errors.js';
export { type AnyJobKind } from './job-kinds.js';
export { type JobObserver } from './job-observer.js';
export { jobsConfigSchema } from './jobs.config.js';
export { JobsModule, type JobsModuleOptions } from './jobs.module.js';
export { Jobs } from './jobs.service.js';
export { type KeyClaim } from './key.repository.js';
export { JobAbortedError } from './lease.errors.js';
