import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Archive, importArchive, listArchives } from '#libs/contracts';
import { BlobStore } from '#libs/blobs';
import { createLogger, currentContext, newContext, traceparentOf } from '#libs/observability';
import { decodeCursor, encodeCursor } from '../cursor.domain.js';
import type { ImportError, ImportRow } from './archive-import.types.js';
import { ArchiveImportRepository } from './archive-import.repository.js';
import { ArchiveWorker } from './archive-worker.service.js';
import { ArchiveConflictError, ArchiveNotFoundError } from './archives.errors.js';

type ImportRequest = z.infer<typeof importArchive.input>;
type ListRequest = z.infer<typeof listArchives.input>;

const logger = createLogger('Archives');

@Injectable()
export class ArchivesService {
  constructor(
    private readonly imports: ArchiveImportRepository,
    private readonly blobs: BlobStore,
    private readonly worker: ArchiveWorker,
  ) {}

  /** Queues an import; asking again with the same id is harmless. */
  async import(request: ImportRequest): Promise<{ id: string }> {
    await this.blobs.stat(request.blob);
    const context = currentContext() ?? newContext();
    const tag = request.tag ?? null;
    await this.imports.add({
      id: request.id,
      tenant: request.tenant,
      tag,
      blob: request.blob,
      bytes: request.bytes,
      traceparent: traceparentOf(context),
      requestId: context.requestId,
    });
    const row = await this.imports.getOwned(request.id, request.tenant);
    if (!row || row.blob_ref !== request.blob || row.tag !== tag) throw new ArchiveConflictError(request.id);
    logger.info(`import ${request.id} of ${request.bytes} bytes is queued`, { event: { action: 'import-queued' } });
    this.worker.poke();
    return { id: request.id };
  }

  async get(id: string, tenant: string): Promise<Archive> {
    const row = await this.imports.getOwned(id, tenant);
    if (!row) throw new ArchiveNotFoundError(id);
    const errors = await this.imports.errorsOf([id]);
    return toArchive(row, errors.get(id) ?? []);
  }

  async list(request: ListRequest): Promise<{ items: Archive[]; next_cursor: string | null }> {
    const position = request.cursor === undefined ? null : decodeCursor(request.cursor);
    const before = position && { at: new Date(position.at), id: String(position.id) };
    const rows = await this.imports.listOwned(request.tenant, before, request.limit + 1);
    const page = rows.slice(0, request.limit);
    const errors = await this.imports.errorsOf(page.map((row) => row.id));
    const last = page.at(-1);
    return {
      items: page.map((row) => toArchive(row, errors.get(row.id) ?? [])),
      next_cursor:
        rows.length > page.length && last ? encodeCursor({ at: last.created_at.getTime(), id: last.id }) : null,
    };
  }
}

function toArchive(row: ImportRow, errors: ImportError[]): Archive {
  return {
    id: row.id,
    status: row.state === 'parsed' ? 'running' : (row.state as Archive['status']),
    tag: row.tag,
    format: row.format,
    bytes: row.bytes,
    lines: row.lines_read,
    posts: {
      read: row.posts_new + row.posts_duplicate,
      new: row.posts_new,
      duplicate: row.posts_duplicate,
      invalid: row.posts_invalid,
    },
    errors,
    reason: row.reason,
    created_at: row.created_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
  };
}
