import { Injectable } from '@nestjs/common';
import { TASK_SIGNALS, taskChanged, type TaskEvent, type TaskSignal } from '#libs/contracts';
import type { JobInfo, JobObserver } from '#libs/jobs';
import type { SqlExecutor } from '#libs/kernel';
import { Broadcasts, Outbox } from '#libs/messaging';
import { taskOf } from '../tasks/task-view.domain.js';
import { Webhooks } from '../webhooks/webhooks.service.js';
import { TaskEventRepository } from './task-event.repository.js';

/** Notes and announces what happens to tasks. */
@Injectable()
export class TaskObserver implements JobObserver {
  constructor(
    private readonly events: TaskEventRepository,
    private readonly webhooks: Webhooks,
    private readonly outbox: Outbox,
    private readonly broadcasts: Broadcasts,
  ) {}

  async changed(tx: SqlExecutor, job: JobInfo): Promise<void> {
    const event = eventOf(job);
    await this.events.add(tx, job.id, event);
    await this.webhooks.enqueue(tx, job);
    await this.outbox.add(tx, taskChanged, { tenant: job.tenant, event }, { aggregateId: job.id });
  }

  progressed(job: JobInfo): void {
    const progress = eventOf(job);
    this.broadcasts.send(TASK_SIGNALS, { tenant: job.tenant, token: progress.token, progress } satisfies TaskSignal);
  }
}

function eventOf(job: JobInfo): TaskEvent {
  const { token, kind, status, error, error_code, progress, timings } = taskOf(job, null);
  return {
    ...{ token, kind, status, progress, timings, at: new Date().toISOString() },
    ...(error !== undefined && { error }),
    ...(error_code !== undefined && { error_code }),
  };
}
