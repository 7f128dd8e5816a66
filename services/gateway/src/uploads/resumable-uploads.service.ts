import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import {
  BlobNotFoundError,
  BlobTooLargeError,
  type BlobStore,
  type FileMarks,
  type PartialFile,
  type StoredBlob,
} from '#libs/blobs';
import { CodedError } from '#libs/kernel';
import { BodyReceiver } from '../archives/body-receiver.service.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { TASK_BLOBS } from '../tasks/task-blobs.module.js';
import { parseMetadata, SHA256_KEY } from './tus.domain.js';
import { decodeCursor, encodeCursor } from './upload-cursor.domain.js';
import { UploadWriters } from './upload-writers.service.js';
import { UploadRepository } from './upload.repository.js';
import type { UploadRow, UploadView } from './upload.types.js';
import {
  UploadChecksumError,
  UploadExpiredError,
  UploadNotFoundError,
  UploadUnfinishedError,
} from './uploads.errors.js';
import { resumableUploads, uploadPieces } from './uploads.metrics.js';

/**
 * Files that arrive over several requests, after tus 1.0.0. What is stored of one is known to the blob store, who owns it
 * and how long it is kept to the database; a gateway that dies loses nothing that another one could not go on with.
 *
 * For a task: {@link ResumableUploads.claim} makes of a whole upload a file of the store of tasks, by a second name (folder) or
 * a copy the server makes (S3); no byte passes through the gateway. The upload itself stays until its time is over or its owner
 * deletes it, so it may be claimed again; the file belongs to the task from then on.
 */
@Injectable()
export class ResumableUploads {
  constructor(
    private readonly uploads: UploadRepository,
    private readonly writers: UploadWriters,
    private readonly receiver: BodyReceiver,
    @Inject(TASK_BLOBS) private readonly blobs: BlobStore,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** @throws BlobTooLargeError, UploadQuotaError, DiskFullError */
  async create(tenant: string, bytes: number, metadata: string): Promise<UploadView> {
    const { MIRANTE_MAX_UPLOAD_BYTES: maxBytes, MIRANTE_UPLOAD_HOURS: hours } = this.config;
    if (bytes > maxBytes) throw new BlobTooLargeError(maxBytes);
    const quota = { bytes: this.config.MIRANTE_UPLOAD_QUOTA_BYTES, uploads: this.config.MIRANTE_UPLOAD_QUOTA_FILES };
    const id = randomUUID();
    await this.uploads.add({ id, tenant, bytes, metadata }, quota, hours);
    try {
      await this.uploads.setHandle(id, await this.blobs.partials.begin(id, bytes));
    } catch (error) {
      await this.uploads.remove(id).catch(() => undefined);
      throw error;
    }
    resumableUploads.inc({ step: 'created' });
    return { row: await this.owned(tenant, id), offset: 0 };
  }

  /** @throws UploadNotFoundError, UploadExpiredError */
  async get(tenant: string, id: string): Promise<UploadView> {
    const row = await this.owned(tenant, id);
    return { row, offset: await this.blobs.partials.size(fileOf(row)) };
  }

  /** @param cursor of the page before */
  async list(tenant: string, limit: number, cursor: string | undefined) {
    const before = cursor === undefined ? undefined : decodeCursor(cursor);
    const rows = await this.uploads.list(tenant, limit + 1, before);
    const page = rows.slice(0, limit);
    const views = await Promise.all(page.map(async (row) => ({ row, offset: await this.sizeOf(row) })));
    return { views, nextCursor: rows.length > limit ? encodeCursor(page.at(-1)!) : null };
  }

  /** Stores the body of a request as the piece from `offset` on. */
  async append(
    tenant: string,
    id: string,
    offset: number,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<UploadView> {
    const file = fileOf(await this.owned(tenant, id));
    const length = Number(request.headers['content-length'] ?? 0);
    if (offset + length > file.bytes) throw new BlobTooLargeError(file.bytes - offset);
    try {
      const stop = () => request.destroy();
      const stored = await this.writers.run(id, stop, async (mayWrite) => {
        const end = await this.receiver.receive(request, response, { mayBeEmpty: true }, (bytes) =>
          this.blobs.partials.append(file, offset, bytes, mayWrite),
        );
        if (end === file.bytes) await this.close(tenant, id);
        return end;
      });
      uploadPieces.inc({ outcome: 'stored' });
      return { row: await this.owned(tenant, id), offset: stored };
    } catch (error) {
      uploadPieces.inc({ outcome: error instanceof CodedError ? error.code : 'error' });
      throw error;
    }
  }

  /** Ends an upload, whole or not, and frees what it takes of the quota. */
  async terminate(tenant: string, id: string): Promise<void> {
    const row = await this.owned(tenant, id);
    await this.writers.run(
      id,
      () => undefined,
      () => this.discard(row),
    );
    resumableUploads.inc({ step: 'terminated' });
  }

  /**
   * Makes a whole upload of the tenant a file of the store of tasks.
   *
   * @throws UploadNotFoundError (404, also when it is another tenant's), UploadExpiredError (410), UploadUnfinishedError (409)
   */
  async claim(tenant: string, id: string): Promise<StoredBlob> {
    const row = await this.owned(tenant, id);
    const stored = await this.blobs.partials.size(fileOf(row));
    if (stored !== row.bytes) throw new UploadUnfinishedError(stored, row.bytes);
    const marks = await this.close(tenant, id);
    const blob = await this.blobs.partials.publish(fileOf(row), marks);
    resumableUploads.inc({ step: 'claimed' });
    return blob;
  }

  /** Takes an upload out of the store and then out of the database: the other way round it could be forgotten. */
  async discard(row: UploadRow): Promise<void> {
    if (row.handle !== null) await this.blobs.partials.discard(fileOf(row));
    await this.uploads.remove(row.id);
  }

  /** Closes a whole upload, once; also one whose gateway died between its last byte and this. */
  private async close(tenant: string, id: string): Promise<FileMarks> {
    const row = await this.owned(tenant, id);
    if (row.sha256 !== null && row.crc32 !== null) {
      return { sha256: row.sha256, crc32: row.crc32, bytes: row.bytes };
    }
    const marks = await this.blobs.partials.seal(fileOf(row));
    const expected = parseMetadata(row.metadata)?.[SHA256_KEY];
    if (expected !== undefined && expected.toLowerCase() !== marks.sha256) {
      await this.discard(row);
      throw new UploadChecksumError(marks.sha256);
    }
    await this.uploads.setMarks(id, marks);
    resumableUploads.inc({ step: 'finished' });
    return marks;
  }

  /** One may be removed while a page of them is looked at. */
  private async sizeOf(row: UploadRow): Promise<number> {
    try {
      return await this.blobs.partials.size(fileOf(row));
    } catch (error) {
      if (error instanceof BlobNotFoundError) return 0;
      throw error;
    }
  }

  private async owned(tenant: string, id: string): Promise<UploadRow> {
    const row = await this.uploads.find(id, tenant);
    if (!row || row.handle === null) throw new UploadNotFoundError(id);
    if (row.expired) throw new UploadExpiredError();
    return row;
  }
}

function fileOf({ id, handle, bytes }: UploadRow): PartialFile {
  return { id, handle: handle ?? '', bytes };
}
