import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { BlobNotFoundError, BlobStore } from '#libs/blobs';
import type { holdTaskKey, listTasks, restoreTask, submitTask, Task } from '#libs/contracts';
import { Jobs, type JobInfo, type SubmitJob } from '#libs/jobs';
import { TransactionRunner } from '#libs/persistence';
import { TaskEventRepository } from '../events/task-event.repository.js';
import { TaskFileRepository } from '../files/task-file.repository.js';
import { SNIFF_BYTES, sniffImage } from '../images/image-type.domain.js';
import type { StoredFile } from '../kinds/file.schema.js';
import type { RandomizeParams } from '../kinds/randomize.kind.js';
import { decodeCursor, encodeCursor } from './cursor.domain.js';
import { idOf } from './task-id.domain.js';
import { statesOf, taskOf } from './task-view.domain.js';
import { InputMissingError, NotRestorableError, ResultExpiredError } from './tasks.errors.js';

interface Submitted {
  task: Task;
  replayed: boolean;
}

type Asked = Pick<z.output<typeof restoreTask.input>, 'token' | 'tenant' | 'idempotency_key' | 'received_at'>;

/** What owners do with their tasks. */
@Injectable()
export class TasksService {
  constructor(
    private readonly jobs: Jobs,
    private readonly files: TaskFileRepository,
    private readonly changes: TaskEventRepository,
    private readonly blobs: BlobStore,
    private readonly transactions: TransactionRunner,
  ) {}

  /** @throws ImageError when a file to shuffle is no image that is read here; what `Jobs.submit` throws */
  async submit(wish: z.output<typeof submitTask.input>): Promise<Submitted> {
    const { kind, input } = wish;
    await this.assertStored(input);
    if (kind === 'randomize') sniffImage(await this.headOf(input));
    // Two requests under one key are the same when they ask the same, not when they drew the same seed.
    const asked = [kind, input.ref, wish.params];
    const params = kind === 'randomize' ? { ...wish.params, seed: wish.params.seed ?? wish.token } : wish.params;
    return this.store(wish, kind, input, { ...params, input }, asked);
  }

  /** @throws JobNotFoundError, NotRestorableError, ResultExpiredError, what `Jobs.submit` throws */
  async restore(wish: z.output<typeof restoreTask.input>): Promise<Submitted> {
    const shuffled = await this.jobs.get(idOf(wish.of), wish.tenant);
    if (shuffled.kind !== 'randomize') throw new NotRestorableError(`the task is a ${shuffled.kind}`);
    if (shuffled.state === 'expired') throw new ResultExpiredError();
    const { blob } = shuffled;
    if (shuffled.state !== 'done' || !blob)
      throw new NotRestorableError(`the task is ${taskOf(shuffled, null).status}`);
    const { mode, block, seed } = shuffled.params as RandomizeParams;
    const input = { ref: blob.ref, bytes: blob.bytes };
    return this.store(wish, 'restore', input, { of: wish.of, mode, block, seed, input }, ['restore', wish.of]);
  }

  async holdKey({ token, tenant, idempotency_key, release }: z.output<typeof holdTaskKey.input>): Promise<void> {
    const claim = { id: idOf(token), tenant, idempotencyKey: idempotency_key };
    if (release) await this.jobs.releaseKey(claim);
    else await this.jobs.reserveKey(claim);
  }

  async get(tenant: string, token: string): Promise<Task> {
    return this.view(await this.jobs.get(idOf(token), tenant));
  }

  /** A task with the file it made. */
  async result(tenant: string, token: string) {
    const job = await this.jobs.get(idOf(token), tenant);
    const { blob } = job;
    const file =
      job.state === 'done' && blob ? { ref: blob.ref, bytes: blob.bytes, content_type: blob.contentType } : null;
    return { task: taskOf(job, null), file };
  }

  async list({ tenant, kind, status, from, to, limit, cursor }: z.output<typeof listTasks.input>) {
    const jobs = await this.jobs.list({
      tenant,
      limit: limit + 1,
      ...(kind && { kinds: [kind] }),
      ...(status && { states: statesOf(status) }),
      ...(from !== undefined && { queuedFrom: new Date(from) }),
      ...(to !== undefined && { queuedBefore: new Date(to) }),
      ...(cursor !== undefined && { after: decodeCursor(cursor) }),
    });
    const page = jobs.slice(0, limit);
    return {
      items: page.map((job) => taskOf(job, null)),
      next_cursor: jobs.length > limit ? encodeCursor(page.at(-1)!) : null,
    };
  }

  /** The changes after the given one. The task is read first: what it says is in them or comes later. */
  async events(tenant: string, token: string, after: string) {
    const job = await this.jobs.get(idOf(token), tenant);
    return { task: taskOf(job, null), items: await this.changes.after(job.id, after) };
  }

  async cancel(tenant: string, token: string): Promise<Task> {
    return this.view(await this.jobs.cancel(idOf(token), tenant));
  }

  async retry(tenant: string, token: string): Promise<Task> {
    return this.view(await this.jobs.retry(idOf(token), tenant));
  }

  private async store(
    wish: Asked,
    kind: string,
    input: StoredFile,
    params: unknown,
    asked: unknown,
  ): Promise<Submitted> {
    const id = idOf(wish.token);
    const { tenant, idempotency_key: idempotencyKey } = wish;
    const job: SubmitJob = {
      id,
      tenant,
      kind,
      params,
      receivedAt: new Date(wish.received_at),
      bodyHash: createHash('sha256').update(JSON.stringify(asked)).digest('hex'),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    };
    const submitted = await this.transactions.run(async (tx) => {
      await this.files.add(tx, id, input.ref);
      return this.jobs.submit(tx, job);
    });
    if (!submitted.replayed) this.jobs.wake();
    return { task: await this.view(submitted.job), replayed: submitted.replayed };
  }

  private async view(job: JobInfo): Promise<Task> {
    const place = job.state === 'waiting' ? await this.jobs.place(job.id, job.tenant) : null;
    return taskOf(job, place);
  }

  private async assertStored({ ref, bytes }: StoredFile): Promise<void> {
    try {
      if ((await this.blobs.stat(ref)).bytes === bytes) return;
    } catch (error) {
      if (!(error instanceof BlobNotFoundError)) throw error;
    }
    throw new InputMissingError();
  }

  private async headOf({ ref }: StoredFile): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of this.blobs.open(ref) as AsyncIterable<Uint8Array>) {
      parts.push(part);
      length += part.length;
      if (length >= SNIFF_BYTES) break;
    }
    return Buffer.concat(parts);
  }
}
