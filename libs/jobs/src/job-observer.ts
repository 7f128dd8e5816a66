import type { SqlExecutor } from '#libs/kernel';
import type { JobInfo } from './job.types.js';

/** What a service does when its jobs change: announce it, clean up after it. Every method is optional. */
export interface JobObserver {
  /**
   * In the transaction of every change of state: the place for `outbox.add`. What it throws undoes the change. It may run
   * again when the transaction is repeated, and needs no other effect.
   */
  changed?(tx: SqlExecutor, job: JobInfo): Promise<void>;
  /** A running job got further; at most twice a second per slice, and not stored anywhere. */
  progressed?(job: JobInfo): Promise<void> | void;
  /**
   * The result of a job is to be forgotten: the place to remove its files. Runs before the job forgets them, again when it
   * throws. `blob` is null when another job still offers the same file.
   */
  expired?(job: JobInfo): Promise<void>;
}

/** DI token of the {@link JobObserver}. */
export const JOB_OBSERVER = Symbol('job observer');
