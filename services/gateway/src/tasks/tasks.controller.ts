import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { cancelTask, getTask, listTasks, retryTask } from '#libs/contracts';
import { RpcClient } from '#libs/messaging';
import { Tenant } from '../access/caller.js';
import { Input } from '../routes/input.interceptor.js';
import { Route } from '../routes/route.decorator.js';
import type { InputOf } from '../routes/route.js';
import { TaskStreams } from './task-streams.service.js';
import { TaskSubmission } from './task-submission.service.js';
import {
  cancelTaskRoute,
  getTaskRoute,
  listTasksRoute,
  restoreTaskRoute,
  retryTaskRoute,
  taskEventsRoute,
} from './tasks.routes.js';

@Controller()
export class TasksController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly submission: TaskSubmission,
    private readonly streams: TaskStreams,
  ) {}

  @Route(listTasksRoute)
  list(@Input() { query }: InputOf<typeof listTasksRoute>, @Tenant() tenant: string) {
    return this.rpc.call(listTasks, { tenant, ...query });
  }

  @Route(getTaskRoute)
  get(@Input() { params }: InputOf<typeof getTaskRoute>, @Tenant() tenant: string) {
    return this.rpc.call(getTask, { tenant, ...params });
  }

  @Route(taskEventsRoute)
  async events(
    @Input() { params, headers }: InputOf<typeof taskEventsRoute>,
    @Tenant() tenant: string,
    @Res() reply: FastifyReply,
  ) {
    const stream = await this.streams.watch(tenant, params.token, headers['last-event-id']);
    // To this an EventSource does not come back.
    if (!stream) return reply.code(204).send();
    return reply.type('text/event-stream').header('x-accel-buffering', 'no').send(stream);
  }

  @Route(restoreTaskRoute)
  restore(
    @Input() { params, headers }: InputOf<typeof restoreTaskRoute>,
    @Tenant() tenant: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.submission.restore(params.token, { tenant, idempotencyKey: headers['idempotency-key'] }, reply);
  }

  @Route(retryTaskRoute)
  retry(@Input() { params }: InputOf<typeof retryTaskRoute>, @Tenant() tenant: string) {
    return this.rpc.call(retryTask, { tenant, ...params });
  }

  @Route(cancelTaskRoute)
  cancel(@Input() { params }: InputOf<typeof cancelTaskRoute>, @Tenant() tenant: string) {
    return this.rpc.call(cancelTask, { tenant, ...params });
  }
}
