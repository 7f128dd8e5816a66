import { performance } from 'node:perf_hooks';
import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { s3RequestSeconds } from '../blobs.metrics.js';
import { isAbsent, s3Error } from './s3-failure.js';

/** A part of a multipart upload that the server has. */
export interface StoredPart {
  number: number;
  etag: string;
  bytes: number;
}

export interface ListedObject {
  key: string;
  bytes: number;
  storedAt: Date;
}

/** The largest object that one request may copy: 5 GiB. The pieces of larger ones are copied side by side. */
const COPY_LIMIT = 5 * 1024 ** 3;
const COPY_PIECE = 1024 ** 3;
const COPIES_AT_ONCE = 4;

/** The operations of S3 that files need, over one bucket. Errors are those of the store. */
export class S3Bucket {
  constructor(
    private readonly client: S3Client,
    private readonly name: string,
    private readonly copyLimit = COPY_LIMIT,
    private readonly copyPiece = COPY_PIECE,
  ) {}

  async put(key: string, body: Uint8Array): Promise<void> {
    await this.run('put', () =>
      this.client.send(
        new PutObjectCommand({ Bucket: this.name, Key: key, Body: body, ContentLength: body.byteLength }),
      ),
    );
  }

  /** Undefined when there is no such object. */
  async head(key: string): Promise<{ bytes: number; etag: string; storedAt: Date } | undefined> {
    const found = await this.absentAsUndefined('head', () =>
      this.client.send(new HeadObjectCommand({ Bucket: this.name, Key: key })),
    );
    return (
      found && {
        bytes: found.ContentLength ?? 0,
        etag: found.ETag ?? '',
        // Who does not say when counts as now: nothing is removed for its age then.
        storedAt: found.LastModified ?? new Date(),
      }
    );
  }

  /** The bytes from `start` up to but without `end`; undefined when there is no such object. */
  async get(
    key: string,
    { start, end, etag }: { start: number; end?: number | undefined; etag?: string | undefined },
  ): Promise<{ body: Readable; bytes: number; etag: string } | undefined> {
    const ranged = start > 0 || end !== undefined;
    const found = await this.absentAsUndefined('get', () =>
      this.client.send(
        new GetObjectCommand({
          Bucket: this.name,
          Key: key,
          ...(ranged && { Range: `bytes=${start}-${end === undefined ? '' : end - 1}` }),
          ...(etag !== undefined && { IfMatch: etag }),
        }),
      ),
    );
    return found && { body: found.Body as Readable, bytes: found.ContentLength ?? 0, etag: found.ETag ?? '' };
  }

  async remove(key: string): Promise<void> {
    await this.absentAsUndefined('delete', () =>
      this.client.send(new DeleteObjectCommand({ Bucket: this.name, Key: key })),
    );
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    let token: string | undefined;
    do {
      const page = await this.run('list', () =>
        this.client.send(
          new ListObjectsV2Command({ Bucket: this.name, Prefix: prefix, ...(token && { ContinuationToken: token }) }),
        ),
      );
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        if (Key !== undefined) yield { key: Key, bytes: Size ?? 0, storedAt: LastModified ?? new Date(0) };
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async createMultipart(key: string): Promise<string> {
    const { UploadId } = await this.run('create-multipart', () =>
      this.client.send(new CreateMultipartUploadCommand({ Bucket: this.name, Key: key })),
    );
    return UploadId!;
  }

  async putPart(key: string, uploadId: string, number: number, body: Uint8Array): Promise<StoredPart> {
    const { ETag } = await this.run('put-part', () =>
      this.client.send(
        new UploadPartCommand({
          Bucket: this.name,
          Key: key,
          UploadId: uploadId,
          PartNumber: number,
          Body: body,
          ContentLength: body.byteLength,
        }),
      ),
    );
    return { number, etag: ETag ?? '', bytes: body.byteLength };
  }

  /** In the order of their numbers; undefined when there is no such upload (any more). */
  async parts(key: string, uploadId: string): Promise<StoredPart[] | undefined> {
    const parts: StoredPart[] = [];
    let marker: string | undefined;
    do {
      const page = await this.absentAsUndefined('list-parts', () =>
        this.client.send(
          new ListPartsCommand({
            Bucket: this.name,
            Key: key,
            UploadId: uploadId,
            ...(marker && { PartNumberMarker: marker }),
          }),
        ),
      );
      if (!page) return undefined;
      for (const { PartNumber, ETag, Size } of page.Parts ?? []) {
        parts.push({ number: PartNumber ?? 0, etag: ETag ?? '', bytes: Size ?? 0 });
      }
      marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (marker !== undefined);
    return parts.sort((a, b) => a.number - b.number);
  }

  async completeMultipart(key: string, uploadId: string, parts: readonly StoredPart[]): Promise<void> {
    const listed = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }));
    await this.run('complete-multipart', () =>
      this.client.send(
        new CompleteMultipartUploadCommand({
          Bucket: this.name,
          Key: key,
          UploadId: uploadId,
          MultipartUpload: { Parts: listed },
        }),
      ),
    );
  }

  async abortMultipart(key: string, uploadId: string): Promise<void> {
    await this.absentAsUndefined('abort-multipart', () =>
      this.client.send(new AbortMultipartUploadCommand({ Bucket: this.name, Key: key, UploadId: uploadId })),
    );
  }

  async *multiparts(prefix: string): AsyncGenerator<{ key: string; uploadId: string; startedAt: Date }> {
    let keyMarker: string | undefined;
    let idMarker: string | undefined;
    do {
      const page = await this.run('list-multiparts', () =>
        this.client.send(
          new ListMultipartUploadsCommand({
            Bucket: this.name,
            Prefix: prefix,
            ...(keyMarker && { KeyMarker: keyMarker }),
            ...(idMarker && { UploadIdMarker: idMarker }),
          }),
        ),
      );
      for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
        if (Key && UploadId) yield { key: Key, uploadId: UploadId, startedAt: Initiated ?? new Date(0) };
      }
      keyMarker = page.IsTruncated ? page.NextKeyMarker : undefined;
      idMarker = page.IsTruncated ? page.NextUploadIdMarker : undefined;
    } while (keyMarker !== undefined);
  }

  /** Copies within the bucket: the server does it, no byte passes through this process. */
  async copy(from: string, to: string, bytes: number): Promise<void> {
    const source = `${this.name}/${from}`;
    if (bytes <= this.copyLimit) {
      await this.run('copy', () =>
        this.client.send(new CopyObjectCommand({ Bucket: this.name, Key: to, CopySource: source })),
      );
      return;
    }
    const uploadId = await this.createMultipart(to);
    try {
      const count = Math.ceil(bytes / this.copyPiece);
      const parts: StoredPart[] = [];
      let next = 1;
      const copySome = async () => {
        while (next <= count) parts.push(await this.copyPart({ source, to, uploadId, number: next++, bytes }));
      };
      await Promise.all(Array.from({ length: COPIES_AT_ONCE }, copySome));
      await this.completeMultipart(
        to,
        uploadId,
        parts.sort((a, b) => a.number - b.number),
      );
    } catch (error) {
      await this.abortMultipart(to, uploadId).catch(() => undefined);
      throw error;
    }
  }

  private async copyPart(piece: {
    source: string;
    to: string;
    uploadId: string;
    number: number;
    bytes: number;
  }): Promise<StoredPart> {
    const { source, to, uploadId, number } = piece;
    const start = (number - 1) * this.copyPiece;
    const end = Math.min(start + this.copyPiece, piece.bytes);
    const { CopyPartResult } = await this.run('copy-part', () =>
      this.client.send(
        new UploadPartCopyCommand({
          Bucket: this.name,
          Key: to,
          UploadId: uploadId,
          PartNumber: number,
          CopySource: source,
          CopySourceRange: `bytes=${start}-${end - 1}`,
        }),
      ),
    );
    return { number, etag: CopyPartResult?.ETag ?? '', bytes: end - start };
  }

  private absentAsUndefined<T>(operation: string, send: () => Promise<T>): Promise<T | undefined> {
    return this.run(operation, async () => {
      try {
        return await send();
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw error;
      }
    });
  }

  private async run<T>(operation: string, send: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    let outcome = 'error';
    try {
      const answer = await send();
      outcome = 'ok';
      return answer;
    } catch (error) {
      throw s3Error(error);
    } finally {
      s3RequestSeconds.observe({ operation, outcome }, (performance.now() - startedAt) / 1_000);
    }
  }
}
