import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import {
  cancelTask,
  getTask,
  getTaskResult,
  holdTaskKey,
  listTaskEvents,
  listTasks,
  restoreTask,
  retryTask,
  submitTask,
} from '#libs/contracts';
import { HandleRpc } from '#libs/messaging';
import { TasksService } from './tasks.service.js';

type Owned = z.output<typeof getTask.input>;

@Controller()
export class TasksController {
  constructor(private readonly tasks: TasksService) {}

  @HandleRpc(submitTask)
  submit(input: z.output<typeof submitTask.input>) {
    return this.tasks.submit(input);
  }

  @HandleRpc(restoreTask)
  restore(input: z.output<typeof restoreTask.input>) {
    return this.tasks.restore(input);
  }

  @HandleRpc(holdTaskKey)
  async holdKey(input: z.output<typeof holdTaskKey.input>) {
    await this.tasks.holdKey(input);
    return {};
  }

  @HandleRpc(getTask)
  get({ tenant, token }: Owned) {
    return this.tasks.get(tenant, token);
  }

  @HandleRpc(getTaskResult)
  result({ tenant, token }: Owned) {
    return this.tasks.result(tenant, token);
  }

  @HandleRpc(listTasks)
  list(input: z.output<typeof listTasks.input>) {
    return this.tasks.list(input);
  }

  @HandleRpc(listTaskEvents)
  events({ tenant, token, after }: z.output<typeof listTaskEvents.input>) {
    return this.tasks.events(tenant, token, after);
  }

  @HandleRpc(cancelTask)
  cancel({ tenant, token }: Owned) {
    return this.tasks.cancel(tenant, token);
  }

  @HandleRpc(retryTask)
  retry({ tenant, token }: Owned) {
    return this.tasks.retry(tenant, token);
  }
}
