import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { z } from 'zod';
import { BlobStore, BlobTooLargeError } from '#libs/blobs';
import { describeSystem, getArchive, importArchive, type Archive } from '#libs/contracts';
import { backoffMs, CodedError, sleep, uuidv7 } from '#libs/kernel';
import { RpcClient } from '#libs/messaging';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { uploadedBytes, uploads, uploadsInFlight } from '../gateway.metrics.js';
import { lingerThenClose } from '../problems/linger.js';
import { UPLOAD_TYPES } from './archives.routes.js';
import { importIdOf } from './import-id.js';
import { uploadBytes } from './upload-bytes.js';
import { KeyReusedError, TooManyUploadsError, UploadEmptyError, UploadTypeError } from './upload.errors.js';

export interface UploadOptions {
  tenant: string;
  tag: string | undefined;
  idempotencyKey: string | undefined;
}

const HAND_OVER_ATTEMPTS = 4;

const ingest = describeSystem(importArchive.service);

/** Takes the bytes of an archive into the blob store and hands the reference over to the service that imports it. */
@Injectable()
export class ArchiveUploadService implements OnModuleInit {
  private inFlight = 0;

  constructor(
    private readonly rpc: RpcClient,
    private readonly blobs: BlobStore,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** Clears up after uploads that died with their process, and finds out early that the folder cannot be used. */
  async onModuleInit(): Promise<void> {
    await this.blobs.sweepTemporary();
  }

  /** @returns the id of the import, known to the importing service when this resolves */
  async receive(request: IncomingMessage, response: ServerResponse, options: UploadOptions): Promise<string> {
    this.refuseBeforeReading(request);
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
    const { ref, bytes } = await this.store(request, response);
    await this.handOver({ id, tenant, blob: ref, bytes, ...(tag !== undefined && { tag }) });
    return id;
  }

  private refuseBeforeReading({ headers }: IncomingMessage): void {
    const type = headers['content-type']?.split(';', 1)[0]!.trim().toLowerCase();
    const length = headers['content-length'];
    if (length === '0' || (length === undefined && headers['transfer-encoding'] === undefined)) {
      throw new UploadEmptyError();
    }
    if (!UPLOAD_TYPES.some((allowed) => allowed === type)) throw new UploadTypeError(type, UPLOAD_TYPES);
    if (Number(length) > this.config.MIRANTE_MAX_UPLOAD_BYTES) {
      throw new BlobTooLargeError(this.config.MIRANTE_MAX_UPLOAD_BYTES);
    }
    if (this.inFlight >= this.config.MIRANTE_MAX_UPLOADS) throw new TooManyUploadsError();
  }

  private async find(id: string, tenant: string): Promise<Archive | undefined> {
    try {
      return await this.rpc.call(getArchive, { id, tenant });
    } catch (error) {
      if (error instanceof CodedError && error.kind === 'not-found') return undefined;
      throw error;
    }
  }

  private async store(request: IncomingMessage, response: ServerResponse) {
    this.inFlight++;
    uploadsInFlight.set({}, this.inFlight);
    try {
      if (request.headers.expect !== undefined) response.writeContinue();
      const blob = await this.blobs.put(uploadBytes(request, this.config.MIRANTE_UPLOAD_IDLE_SECONDS * 1_000), {
        maxBytes: this.config.MIRANTE_MAX_UPLOAD_BYTES,
      });
      uploads.inc({ outcome: 'stored' });
      uploadedBytes.inc({}, blob.bytes);
      return blob;
    } catch (error) {
      uploads.inc({ outcome: error instanceof CodedError ? error.code : 'error' });
      throw error;
    } finally {
      this.inFlight--;
      uploadsInFlight.set({}, this.inFlight);
    }
  }

  /** The id is ours and the call idempotent: after a lost answer asking again is better than making the client upload again. */
  private async handOver(input: z.input<typeof importArchive.input>): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        await this.rpc.call(importArchive, input);
        return;
      } catch (error) {
        const passing = error instanceof CodedError && (error.kind === 'unavailable' || error.kind === 'timeout');
        if (!passing || attempt + 1 >= HAND_OVER_ATTEMPTS) throw error;
        await sleep(500 + backoffMs(attempt, 500, 4_000));
      }
    }
  }
}

/** A key names one upload. Whether the bytes are the same is told by their number: reading them all would defeat the key. */
function refuseAnother(known: Archive, tag: string | undefined, length: string | undefined): void {
  if ((known.tag ?? undefined) !== tag) throw new KeyReusedError('tag');
  if (length !== undefined && Number(length) !== known.bytes) throw new KeyReusedError('file');
}
