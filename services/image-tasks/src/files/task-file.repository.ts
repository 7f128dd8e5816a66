import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import { TransactionRunner } from '#libs/persistence';

/** All SQL about which file belongs to which task. */
@Injectable()
export class TaskFileRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  /** Notes the file a task reads; a repetition changes nothing. */
  async add(tx: SqlExecutor, jobId: string, ref: string): Promise<void> {
    await tx.query('INSERT IGNORE INTO task_file (job_id, blob_ref) VALUES (?, ?)', [jobId, ref]);
  }

  /**
   * Which of the files somebody still needs: tasks that have not ended or may be run again need what they read, tasks that
   * are done need what they made until it expires.
   */
  async inUse(refs: readonly string[]): Promise<Set<string>> {
    const rows = await this.transactions.query<{ ref: string }[]>(
      `SELECT f.blob_ref AS ref FROM task_file f JOIN job j ON j.id = f.job_id
        WHERE f.blob_ref IN (?) AND j.state IN ('waiting', 'running', 'failed', 'parked', 'cancelled')
       UNION
       SELECT blob_ref AS ref FROM job WHERE blob_ref IN (?)`,
      [refs, refs],
    );
    return new Set(rows.map(({ ref }) => ref));
  }

  /** Forgets the files of tasks that can no longer be run. @returns how many */
  async forgetEnded(): Promise<number> {
    const { affectedRows } = await this.transactions.query<{ affectedRows: number }>(
      `DELETE FROM task_file WHERE job_id NOT IN (
         SELECT id FROM job WHERE state IN ('waiting', 'running', 'failed', 'parked', 'cancelled')
       ) LIMIT 1000`,
    );
    return affectedRows;
  }
}
