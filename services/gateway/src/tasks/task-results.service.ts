import { pipeline } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BlobNotFoundError, type BlobStore } from '#libs/blobs';
import { getTask, getTaskResult, type Task } from '#libs/contracts';
import { RpcClient } from '#libs/messaging';
import { createLogger } from '#libs/observability';
import { taskResultBytes } from '../gateway.metrics.js';
import { TASK_BLOBS } from './task-blobs.module.js';
import { HOMES, type Home } from './tasks.domain.js';
import { TaskExpiredError, TaskNotFoundError } from './tasks.errors.js';

const logger = createLogger('TaskResults');

/** What the API this one follows answers while there is no result. */
const NOT_YET = { message: 'not found' };

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/avif': 'avif',
};

/** Answers how tasks go and what came of them. */
@Injectable()
export class TaskResults {
  constructor(
    private readonly rpc: RpcClient,
    @Inject(TASK_BLOBS) private readonly blobs: BlobStore,
  ) {}

  async status(home: Home, tenant: string, token: string): Promise<Task> {
    return atHome(home, await this.rpc.call(getTask, { tenant, token }));
  }

  /** What the task found out, as JSON. */
  async json(home: Home, tenant: string, token: string, reply: FastifyReply): Promise<unknown> {
    const task = await this.status(home, tenant, token);
    if (task.status === 'expired') throw new TaskExpiredError();
    if (task.status === 'finished') return task.result;
    void reply.code(404);
    return NOT_YET;
  }

  /** The file the task made, streamed. */
  async file(home: Home, tenant: string, token: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { task, file } = await this.rpc.call(getTaskResult, { tenant, token });
    atHome(home, task);
    if (task.status === 'expired') throw new TaskExpiredError();
    if (task.status !== 'finished' || !file) return void reply.code(404).type('application/json').send(NOT_YET);
    await this.assertStored(file.ref);
    const headers = {
      'content-type': file.content_type,
      'content-length': String(file.bytes),
      'content-disposition': `inline; filename="${token}.${EXTENSIONS[file.content_type] ?? 'bin'}"`,
      etag: `"${file.ref}"`,
    };
    void reply.headers(headers);
    reply.hijack();
    reply.raw.writeHead(200, reply.getHeaders() as Record<string, string>);
    if (request.method === 'HEAD') return void reply.raw.end();
    // After the headers an error can only be told by breaking off.
    pipeline(this.blobs.open(file.ref), reply.raw, (error) => {
      if (!error) return taskResultBytes.inc({}, file.bytes);
      if (!reply.raw.destroyed) reply.raw.destroy();
      if ((error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') return;
      logger.warn('the result of a task broke off', { labels: { token } }, error);
    });
  }

  /** The sweeper may have been faster than the row says. */
  private async assertStored(ref: string): Promise<void> {
    try {
      await this.blobs.stat(ref);
    } catch (error) {
      if (error instanceof BlobNotFoundError) throw new TaskExpiredError();
      throw error;
    }
  }
}

function atHome(home: Home, task: Task): Task {
  if (HOMES[task.kind] !== home) throw new TaskNotFoundError(task.token);
  return task;
}
