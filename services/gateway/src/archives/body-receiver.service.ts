import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { BlobTooLargeError, type BlobStore, type StoredBlob } from '#libs/blobs';
import { CodedError } from '#libs/kernel';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { uploadedBytes, uploads, uploadsInFlight } from '../gateway.metrics.js';
import { uploadBytes } from './upload-bytes.js';
import { TooManyUploadsError, UploadEmptyError, UploadTypeError } from './upload.errors.js';

export interface BodyLimits {
  maxBytes: number;
  /** Whether a body without a byte is a file as any other. */
  mayBeEmpty?: boolean;
}

/** What is known to be refused before a body is read. */
export interface WantedBody extends BodyLimits {
  types: readonly string[];
  /** Whether it may say nothing of its type, as `curl -T` does: what it is, is told by the bytes. */
  mayBeUntyped?: boolean;
}

/** Takes bodies of requests into a blob store, whoever wants them: one limit and one set of figures for all. */
@Injectable()
export class BodyReceiver {
  private inFlight = 0;

  constructor(@Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig) {}

  /** Looks at the headers only, so that nobody sends gigabytes to be told no. */
  refuseBeforeReading({ headers }: IncomingMessage, wanted: WantedBody): void {
    if (isEmpty(headers) && !wanted.mayBeEmpty) throw new UploadEmptyError();
    const type = headers['content-type']?.split(';', 1)[0]!.trim().toLowerCase();
    const isUntyped = type === undefined && wanted.mayBeUntyped;
    if (!isUntyped && !wanted.types.some((allowed) => allowed === type)) throw new UploadTypeError(type, wanted.types);
    if (Number(headers['content-length']) > wanted.maxBytes) throw new BlobTooLargeError(wanted.maxBytes);
    if (this.inFlight >= this.config.MIRANTE_MAX_UPLOADS) throw new TooManyUploadsError();
  }

  async store(
    blobs: BlobStore,
    request: IncomingMessage,
    response: ServerResponse,
    { maxBytes, mayBeEmpty = false }: BodyLimits,
  ): Promise<StoredBlob> {
    const { 'content-length': length } = request.headers;
    const options = { maxBytes, ...(length !== undefined && { expectedBytes: Number(length) }) };
    try {
      const blob = await this.receive(request, response, { mayBeEmpty }, (bytes) => blobs.put(bytes, options));
      uploads.inc({ outcome: 'stored' });
      uploadedBytes.inc({}, blob.bytes);
      return blob;
    } catch (error) {
      uploads.inc({ outcome: error instanceof CodedError ? error.code : 'error' });
      throw error;
    }
  }

  /** Lets the client send, and hands on what comes. @throws TooManyUploadsError, what reading and `sink` throw */
  async receive<T>(
    request: IncomingMessage,
    response: ServerResponse,
    { mayBeEmpty }: { mayBeEmpty: boolean },
    sink: (bytes: AsyncIterable<Uint8Array>) => Promise<T>,
  ): Promise<T> {
    if (this.inFlight >= this.config.MIRANTE_MAX_UPLOADS) throw new TooManyUploadsError();
    this.count(1);
    try {
      if (request.headers.expect !== undefined) response.writeContinue();
      return await sink(uploadBytes(request, this.config.MIRANTE_UPLOAD_IDLE_SECONDS * 1_000, { mayBeEmpty }));
    } finally {
      this.count(-1);
    }
  }

  private count(step: 1 | -1): void {
    this.inFlight += step;
    uploadsInFlight.set({}, this.inFlight);
  }
}

/** Whether the headers already tell that there is no body. */
function isEmpty(headers: IncomingHttpHeaders): boolean {
  const length = headers['content-length'];
  return length === '0' || (length === undefined && headers['transfer-encoding'] === undefined);
}
