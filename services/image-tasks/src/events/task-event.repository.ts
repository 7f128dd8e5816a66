import { Injectable } from '@nestjs/common';
import type { TaskEvent } from '#libs/contracts';
import type { SqlExecutor } from '#libs/kernel';
import { TransactionRunner } from '#libs/persistence';

/** More changes than a task can have without being run again and again. */
const MOST = 1_000;

/** All SQL about the changes of tasks. */
@Injectable()
export class TaskEventRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  async add(tx: SqlExecutor, jobId: string, event: TaskEvent): Promise<void> {
    await tx.query('INSERT INTO task_event (job_id, event_json) VALUES (?, ?)', [jobId, JSON.stringify(event)]);
  }

  /** Changes of one task are numbered in the order in which they were committed: its lane is locked meanwhile. */
  async after(jobId: string, id: string): Promise<{ id: string; event: TaskEvent }[]> {
    const rows = await this.transactions.query<{ id: number | string; event_json: string }[]>(
      'SELECT id, event_json FROM task_event WHERE job_id = ? AND id > ? ORDER BY id LIMIT ?',
      [jobId, id, MOST],
    );
    return rows.map((row) => ({ id: String(row.id), event: JSON.parse(row.event_json) as TaskEvent }));
  }

  /** Forgets changes of tasks that are not kept any more. @returns how many */
  async forgetOrphans(): Promise<number> {
    const { affectedRows } = await this.transactions.query<{ affectedRows: number }>(
      'DELETE FROM task_event WHERE job_id NOT IN (SELECT id FROM job) LIMIT 1000',
    );
    return affectedRows;
  }
}
