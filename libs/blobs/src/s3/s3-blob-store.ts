import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BlobStore, STALE_TEMPORARY_MS, type PutOptions, type Range } from '../blob-store.js';
import type { StoredBlob } from '../stored-blob.js';
import { BlobNotFoundError, BlobTooLargeError } from '../blobs.errors.js';
import { Fingerprint, type FileMarks } from '../fingerprint.js';
import { storedBytes } from '../blobs.metrics.js';
import { storeError } from '../folder/free-space.js';
import { partBytesFor, PartWriter } from './part-writer.js';
import { readObject } from './read-object.js';
import type { S3Bucket } from './s3-bucket.js';
import { S3Layout } from './s3-layout.js';
import { S3PartialFiles } from './s3-partial-files.js';
import type { UploadSlots } from './upload-slots.js';

/**
 * A {@link BlobStore} in a bucket of an S3 server. The name of a file is known when its last byte has come, and S3 cannot
 * rename: small files are sent when their hash is known, larger ones as the parts of a temporary object that the server
 * then copies to its name.
 */
export class S3BlobStore extends BlobStore {
  readonly partials: S3PartialFiles;
  readonly isLocal = false;
  private readonly layout: S3Layout;

  constructor(
    private readonly bucket: S3Bucket,
    private readonly slots: UploadSlots,
    prefix: string,
    area: string,
  ) {
    super();
    this.layout = new S3Layout(prefix, area);
    this.partials = new S3PartialFiles(bucket, slots, this.layout);
  }

  async put(stream: AsyncIterable<Uint8Array>, { maxBytes }: PutOptions): Promise<StoredBlob> {
    const fingerprint = new Fingerprint();
    const key = this.layout.temporaries + randomUUID();
    const partBytes = partBytesFor(maxBytes);
    let first: Uint8Array[] = [];
    let upload: { uploadId: string; writer: PartWriter } | undefined;
    try {
      for await (const chunk of stream) {
        fingerprint.update(chunk);
        if (fingerprint.bytes > maxBytes) throw new BlobTooLargeError(maxBytes);
        if (!upload && fingerprint.bytes < partBytes) {
          first.push(chunk);
          continue;
        }
        upload ??= await this.startUpload(key, partBytes, first);
        first = [];
        await upload.writer.write(chunk);
      }
      const marks = fingerprint.marks();
      if (upload) await this.finishUpload(key, upload, marks);
      else await this.bucket.put(this.layout.blob(marks.sha256), Buffer.concat(first));
      storedBytes.inc({ driver: 's3' }, marks.bytes);
      return { ref: marks.sha256, ...marks };
    } catch (error) {
      await upload?.writer.settle().catch(() => undefined);
      if (upload) await this.bucket.abortMultipart(key, upload.uploadId).catch(() => undefined);
      throw error;
    }
  }

  open(ref: string, range: Range = {}): Readable {
    return readObject(this.bucket, this.layout.blob(ref), ref, range);
  }

  async withLocalFile<T>(ref: string, work: (path: string) => Promise<T>): Promise<T> {
    await this.stat(ref);
    const dir = await mkdtemp(join(tmpdir(), 'mirante-blob-'));
    try {
      const path = join(dir, ref);
      await pipeline(this.open(ref), createWriteStream(path)).catch((error: unknown) => {
        throw storeError(error);
      });
      return await work(path);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }

  async stat(ref: string): Promise<{ bytes: number; storedAt: Date }> {
    const found = await this.bucket.head(this.layout.blob(ref));
    if (!found) throw new BlobNotFoundError(ref);
    return { bytes: found.bytes, storedAt: found.storedAt };
  }

  async remove(ref: string): Promise<void> {
    await this.bucket.remove(this.layout.blob(ref));
  }

  async *olderThan(ageMs: number, now: number = Date.now()): AsyncGenerator<string> {
    for await (const { key, storedAt } of this.bucket.list(this.layout.root)) {
      const ref = this.layout.refOf(key);
      if (ref !== undefined && now - storedAt.getTime() > ageMs) yield ref;
    }
  }

  async sweepTemporary(now: number = Date.now()): Promise<number> {
    let removed = 0;
    for await (const { key, storedAt } of this.bucket.list(this.layout.temporaries)) {
      if (now - storedAt.getTime() <= STALE_TEMPORARY_MS) continue;
      await this.bucket.remove(key);
      removed++;
    }
    for await (const { key, uploadId, startedAt } of this.bucket.multiparts(this.layout.root)) {
      if (key.startsWith(this.layout.partials) || now - startedAt.getTime() <= STALE_TEMPORARY_MS) continue;
      await this.bucket.abortMultipart(key, uploadId);
      removed++;
    }
    return removed;
  }

  private async startUpload(key: string, partBytes: number, first: readonly Uint8Array[]) {
    const uploadId = await this.bucket.createMultipart(key);
    const writer = new PartWriter(this.bucket, { key, uploadId, partBytes }, this.slots);
    for (const chunk of first) await writer.write(chunk);
    return { uploadId, writer };
  }

  private async finishUpload(
    key: string,
    { uploadId, writer }: { uploadId: string; writer: PartWriter },
    { sha256, bytes }: FileMarks,
  ): Promise<void> {
    const rest = writer.takeRest();
    if (rest.byteLength > 0) await writer.send(rest);
    await this.bucket.completeMultipart(key, uploadId, await writer.settle());
    try {
      await this.bucket.copy(key, this.layout.blob(sha256), bytes);
    } finally {
      // What cannot be removed now is swept.
      await this.bucket.remove(key).catch(() => undefined);
    }
  }
}
