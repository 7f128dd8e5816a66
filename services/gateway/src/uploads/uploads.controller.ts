import { Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from '#libs/kernel';
import { Tenant } from '../access/caller.js';
import { Input } from '../routes/input.interceptor.js';
import { Route } from '../routes/route.decorator.js';
import type { InputOf } from '../routes/route.js';
import { ResumableUploads } from './resumable-uploads.service.js';
import { isPieceType, parseMetadata, TUS_VERSION } from './tus.domain.js';
import type { UploadView } from './upload.types.js';
import { PieceTypeError, TusVersionError } from './uploads.errors.js';
import {
  appendUploadRoute,
  createUploadRoute,
  getUploadRoute,
  listUploadsRoute,
  terminateUploadRoute,
  type UploadAnswer,
} from './uploads.routes.js';

@Controller()
export class UploadsController {
  constructor(private readonly uploads: ResumableUploads) {}

  @Route(createUploadRoute)
  async create(
    @Input() { headers }: InputOf<typeof createUploadRoute>,
    @Tenant() tenant: string,
    @Req() { raw }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    assertVersion(headers['tus-resumable']);
    const hasPiece = raw.headers['content-type'] !== undefined;
    if (hasPiece && !isPieceType(raw.headers['content-type'])) throw new PieceTypeError();
    let view = await this.uploads.create(tenant, headers['upload-length'], headers['upload-metadata'] ?? '');
    const { id } = view.row;
    void reply.header('location', `/api/v1/uploads/${id}`);
    if (hasPiece) view = await this.firstPiece(tenant, id, raw, reply);
    tellOffset(view, reply);
  }

  @Route(listUploadsRoute)
  async list(@Input() { query }: InputOf<typeof listUploadsRoute>, @Tenant() tenant: string) {
    const { views, nextCursor } = await this.uploads.list(tenant, query.limit, query.cursor);
    return { items: views.map(answerOf), next_cursor: nextCursor };
  }

  @Route(getUploadRoute)
  async get(
    @Input() { params }: InputOf<typeof getUploadRoute>,
    @Tenant() tenant: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UploadAnswer> {
    const view = await this.uploads.get(tenant, params.id);
    tellOffset(view, reply);
    void reply.header('upload-length', String(view.row.bytes));
    if (view.row.metadata !== '') void reply.header('upload-metadata', view.row.metadata);
    return answerOf(view);
  }

  @Route(appendUploadRoute)
  async append(
    @Input() { params, headers }: InputOf<typeof appendUploadRoute>,
    @Tenant() tenant: string,
    @Req() { raw }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    assertVersion(headers['tus-resumable']);
    if (!isPieceType(raw.headers['content-type'])) throw new PieceTypeError();
    tellOffset(await this.uploads.append(tenant, params.id, headers['upload-offset'], raw, reply.raw), reply);
  }

  @Route(terminateUploadRoute)
  async terminate(
    @Input() { params, headers }: InputOf<typeof terminateUploadRoute>,
    @Tenant() tenant: string,
  ): Promise<void> {
    assertVersion(headers['tus-resumable']);
    await this.uploads.terminate(tenant, params.id);
  }

  /** The upload exists by then: a piece that broke off is no reason to keep its address from the client. */
  private async firstPiece(
    tenant: string,
    id: string,
    raw: FastifyRequest['raw'],
    reply: FastifyReply,
  ): Promise<UploadView> {
    try {
      return await this.uploads.append(tenant, id, 0, raw, reply.raw);
    } catch (error) {
      if (!(error instanceof CodedError) || error.code === 'UPLOADS.CHECKSUM') throw error;
      return this.uploads.get(tenant, id);
    }
  }
}

function assertVersion(version: string | undefined): void {
  if (version !== TUS_VERSION) throw new TusVersionError();
}

function tellOffset({ row, offset }: UploadView, reply: FastifyReply): void {
  void reply.headers({ 'upload-offset': String(offset), 'upload-expires': row.expires_at.toUTCString() });
}

function answerOf({ row, offset }: UploadView): UploadAnswer {
  return {
    id: row.id,
    status: offset === row.bytes ? 'complete' : 'receiving',
    bytes: row.bytes,
    offset,
    sha256: row.sha256,
    metadata: parseMetadata(row.metadata) ?? {},
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
  };
}
