import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { BlobStore } from '#libs/blobs';
import { describeSystem, getArchive, importArchive, type Archive } from '#libs/contracts';
import { CodedError, uuidv7 } from '#libs/kernel';
import { RpcClient } from '#libs/messaging';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { lingerThenClose } from '../problems/linger.js';
import { BodyReceiver } from './body-receiver.service.js';
import { UPLOAD_TYPES } from './archives.routes.js';
import { importIdOf } from './import-id.js';
import { handOver } from './hand-over.js';
import { KeyReusedError } from './upload.errors.js';

export interface UploadOptions {
  tenant: string;
  tag: string | undefined;
  idempotencyKey: string | undefined;
}

const ingest = describeSystem(importArchive.service);

/** Takes the bytes of an archive into the blob store and hands the reference over to the service that imports it. */
@Injectable()
export class ArchiveUploadService implements OnModuleInit {
  constructor(
    private readonly rpc: RpcClient,
    private readonly blobs: BlobStore,
    private readonly receiver: BodyReceiver,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** Clears up after uploads that died with their process, and finds out early that the folder cannot be used. */
  async onModuleInit(): Promise<void> {
    await this.blobs.sweepTemporary();
  }

  /** @returns the id of the import, known to the importing service when this resolves */
  async receive(request: IncomingMessage, response: ServerResponse, options: UploadOptions): Promise<string> {
    const maxBytes = this.config.MIRANTE_MAX_UPLOAD_BYTES;
    this.receiver.refuseBeforeReading(request, { types: UPLOAD_TYPES, maxBytes });
    const { tenant, tag, idempotencyKey } = options;
    if (idempotencyKey !== undefined) {
      const id = importIdOf(tenant, idempotencyKey);
      const known = await this.find(id, tenant);
      if (known) {
        refuseAnother(known, tag, request.headers['content-length']);
        lingerThenClose(request, response);
        return id;
      }
    } else {
      // Gigabytes must not travel only to learn that nobody can import them.
      await this.rpc.call(ingest, {});
    }
    const id = idempotencyKey === undefined ? uuidv7() : importIdOf(tenant, idempotencyKey);
    const { ref, bytes } = await this.receiver.store(this.blobs, request, response, { maxBytes });
    await handOver(this.rpc, importArchive, { id, tenant, blob: ref, bytes, ...(tag !== undefined && { tag }) });
    return id;
  }

  private async find(id: string, tenant: string): Promise<Archive | undefined> {
    try {
      return await this.rpc.call(getArchive, { id, tenant });
    } catch (error) {
      if (error instanceof CodedError && error.kind === 'not-found') return undefined;
      throw error;
    }
  }
}

/** A key names one upload. Whether the bytes are the same is told by their number: reading them all would defeat the key. */
function refuseAnother(known: Archive, tag: string | undefined, length: string | undefined): void {
  if ((known.tag ?? undefined) !== tag) throw new KeyReusedError('tag');
  if (length !== undefined && Number(length) !== known.bytes) throw new KeyReusedError('file');
}
