import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { BlobTooLargeError, type BlobStore, type StoredBlob } from '#libs/blobs';
import { describeSystem, holdTaskKey, restoreTask, submitTask, type submittedTaskSchema } from '#libs/contracts';
import { RpcClient } from '#libs/messaging';
import { BodyReceiver, type WantedBody } from '../archives/body-receiver.service.js';
import { handOver } from '../archives/hand-over.js';
import { ResumableUploads } from '../uploads/resumable-uploads.service.js';
import { namedUpload } from './named-upload.js';
import { TASK_BLOBS } from './task-blobs.module.js';
import { newToken } from './new-token.js';
import { HOMES } from './tasks.domain.js';

type Submission = z.input<typeof submitTask.input>;

/** What is asked for beside the file. */
export type Wish = {
  [K in Submission['kind']]: Pick<Extract<Submission, { kind: K }>, 'kind' | 'params'>;
}[Submission['kind']];

/** Who asks, and under which idempotency key. */
export interface Asker {
  tenant: string;
  idempotencyKey: string | undefined;
}

/** From this size on it is asked first whether there is anybody to take the file. */
const WORTH_ASKING_BYTES = 16 * 1024 * 1024;

/** A key is held for half a minute at a time: that long nobody can use it after this process was killed. */
const HOLD_AGAIN_MS = 8_000;

const imageTasks = describeSystem(submitTask.service);

/** Takes files into the blob store and queues work on them. */
@Injectable()
export class TaskSubmission implements OnModuleInit {
  constructor(
    private readonly rpc: RpcClient,
    private readonly receiver: BodyReceiver,
    private readonly uploads: ResumableUploads,
    @Inject(TASK_BLOBS) private readonly blobs: BlobStore,
  ) {}

  /** Clears up after uploads that died with their process, and finds out early that the folder cannot be used. */
  async onModuleInit(): Promise<void> {
    await this.blobs.sweepTemporary();
  }

  /** Queues work on the body of the request, or on the upload that it names. */
  async submitBody(
    wish: Wish,
    asker: Asker,
    limits: WantedBody,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<{ token: string }> {
    const receivedAt = new Date().toISOString();
    const upload = await namedUpload(request, reply);
    const token = newToken();
    const { ref, bytes, crc32 } = await this.holdingKey(token, asker, () =>
      upload === undefined ? this.receive(limits, request, reply) : this.claim(upload, asker.tenant, limits),
    );
    const submission: Submission = {
      ...wish,
      ...this.submissionOf(token, asker, receivedAt),
      input: { ref, bytes, crc32 },
    };
    return answer(await handOver(this.rpc, submitTask, submission), token, reply);
  }

  private async receive(limits: WantedBody, request: FastifyRequest, reply: FastifyReply): Promise<StoredBlob> {
    this.receiver.refuseBeforeReading(request.raw, limits);
    const length = request.headers['content-length'];
    if (length === undefined || Number(length) > WORTH_ASKING_BYTES) await this.rpc.call(imageTasks, {});
    return this.receiver.store(this.blobs, request.raw, reply.raw, limits);
  }

  private async claim(upload: string, tenant: string, { maxBytes }: WantedBody): Promise<StoredBlob> {
    const blob = await this.uploads.claim(tenant, upload);
    if (blob.bytes > maxBytes) throw new BlobTooLargeError(maxBytes);
    return blob;
  }

  /** Queues the way back from the result of another task. */
  async restore(of: string, asker: Asker, reply: FastifyReply): Promise<{ token: string }> {
    const token = newToken();
    const submission = { ...this.submissionOf(token, asker, new Date().toISOString()), of };
    return answer(await handOver(this.rpc, restoreTask, submission), token, reply);
  }

  /** Keeps the idempotency key for this request while its body arrives: another request with it is refused meanwhile. */
  private async holdingKey<T>(token: string, { tenant, idempotencyKey }: Asker, receive: () => Promise<T>): Promise<T> {
    if (idempotencyKey === undefined) return receive();
    const key = { token, tenant, idempotency_key: idempotencyKey };
    await this.rpc.call(holdTaskKey, key);
    // What cannot be held now is found out when the task is submitted.
    const again = setInterval(() => void this.rpc.call(holdTaskKey, key).catch(() => undefined), HOLD_AGAIN_MS);
    try {
      return await receive();
    } catch (error) {
      await this.rpc.call(holdTaskKey, { ...key, release: true }).catch(() => undefined);
      throw error;
    } finally {
      clearInterval(again);
    }
  }

  private submissionOf(token: string, { tenant, idempotencyKey }: Asker, receivedAt: string) {
    return {
      token,
      tenant,
      received_at: receivedAt,
      ...(idempotencyKey !== undefined && { idempotency_key: idempotencyKey }),
    };
  }
}

function answer({ task }: z.output<typeof submittedTaskSchema>, token: string, reply: FastifyReply): { token: string } {
  void reply.header('location', `${HOMES[task.kind]}/${task.token}/status`);
  // The repetition of a call of our own has our token: the client asked once.
  if (task.token !== token) void reply.header('idempotency-replayed', 'true');
  return { token: task.token };
}
