import { buffer } from 'node:stream/consumers';
import type { StoredBlob } from '../stored-blob.js';
import { BlobNotFoundError, BlobTooLargeError, OffsetConflictError, PartialUnfinishedError } from '../blobs.errors.js';
import { marksOf, type FileMarks } from '../fingerprint.js';
import { storedBytes } from '../blobs.metrics.js';
import type { LeftPartial, PartialFile, PartialFiles } from '../partial-files.js';
import { RollingFingerprints } from '../rolling-fingerprints.js';
import { partBytesFor, PartWriter } from './part-writer.js';
import { readObject } from './read-object.js';
import type { S3Bucket, StoredPart } from './s3-bucket.js';
import type { S3Layout } from './s3-layout.js';
import type { UploadSlots } from './upload-slots.js';

/** What of a file the server has: whole parts, and a tail that is no part yet. */
interface Standing {
  parts: StoredPart[];
  tailBytes: number;
  /** All of it. */
  bytes: number;
  /** The parts have become one object. */
  complete: boolean;
}

/**
 * Partial files as multipart uploads. S3 takes no small parts, so what is left of a piece is kept in an object of its own
 * and put in front of the next piece. Everything there is to know lies at the server: any process can go on.
 */
export class S3PartialFiles implements PartialFiles {
  private readonly fingerprints = new RollingFingerprints();

  constructor(
    private readonly bucket: S3Bucket,
    private readonly slots: UploadSlots,
    private readonly layout: S3Layout,
  ) {}

  begin(id: string): Promise<string> {
    return this.bucket.createMultipart(this.layout.partial(id));
  }

  async size(file: PartialFile): Promise<number> {
    return (await this.standing(file)).bytes;
  }

  async append(
    file: PartialFile,
    offset: number,
    stream: AsyncIterable<Uint8Array>,
    mayWrite: () => void = () => undefined,
  ): Promise<number> {
    const { id, handle: uploadId, bytes } = file;
    const before = await this.standing(file);
    if (before.bytes !== offset) throw new OffsetConflictError(before.bytes);
    const partBytes = partBytesFor(bytes);
    const target = { key: this.layout.partial(id), uploadId, partBytes };
    const writer = new PartWriter(this.bucket, target, this.slots, before.parts.length + 1);
    if (before.tailBytes > 0) await writer.write(await this.readTail(id, before.parts.length));
    const fingerprint = this.fingerprints.take(id, offset);
    let end = offset;
    try {
      for await (const chunk of stream) {
        if (end + chunk.byteLength > bytes) throw new BlobTooLargeError(bytes);
        mayWrite();
        await writer.write(chunk);
        end += chunk.byteLength;
        fingerprint?.update(chunk);
      }
    } finally {
      mayWrite();
      await this.settle(file, writer, before, end);
      if (fingerprint) this.fingerprints.keep(id, fingerprint);
      storedBytes.inc({ driver: 's3' }, end - offset);
    }
    return end;
  }

  async seal(file: PartialFile): Promise<FileMarks> {
    const { id, handle, bytes } = file;
    const key = this.layout.partial(id);
    const standing = await this.standing(file);
    if (standing.bytes !== bytes) throw new PartialUnfinishedError(standing.bytes, bytes);
    if (!standing.complete) {
      if (bytes === 0) await this.sealEmpty(key, handle);
      else await this.bucket.completeMultipart(key, handle, standing.parts);
    }
    return this.fingerprints.marks(id, bytes) ?? marksOf(readObject(this.bucket, key, id));
  }

  async publish({ id }: PartialFile, marks: FileMarks): Promise<StoredBlob> {
    const key = this.layout.partial(id);
    if (!(await this.bucket.head(key))) throw new BlobNotFoundError(id);
    await this.bucket.copy(key, this.layout.blob(marks.sha256), marks.bytes);
    this.fingerprints.forget(id);
    return { ref: marks.sha256, ...marks };
  }

  async discard({ id, handle }: PartialFile): Promise<void> {
    const key = this.layout.partial(id);
    this.fingerprints.forget(id);
    if (handle !== '') await this.bucket.abortMultipart(key, handle);
    for await (const object of this.bucket.list(key)) await this.bucket.remove(object.key);
  }

  async *list(now: number = Date.now()): AsyncGenerator<LeftPartial> {
    for await (const { key, uploadId, startedAt } of this.bucket.multiparts(this.layout.partials)) {
      yield { id: this.layout.partialIdOf(key), handle: uploadId, ageMs: now - startedAt.getTime() };
    }
    for await (const { key, storedAt } of this.bucket.list(this.layout.partials)) {
      yield { id: this.layout.partialIdOf(key), handle: '', ageMs: now - storedAt.getTime() };
    }
  }

  private async standing({ id, handle, bytes }: PartialFile): Promise<Standing> {
    const key = this.layout.partial(id);
    const listed = await this.bucket.parts(key, handle);
    if (!listed) {
      const whole = await this.bucket.head(key);
      if (!whole) throw new BlobNotFoundError(id);
      return { parts: [], tailBytes: 0, bytes: whole.bytes, complete: true };
    }
    const parts = withoutGap(listed, bytes);
    const stored = parts.reduce((sum, part) => sum + part.bytes, 0);
    const tail = stored === bytes ? undefined : await this.bucket.head(this.layout.tail(id, parts.length));
    const tailBytes = tail?.bytes ?? 0;
    return { parts, tailBytes, bytes: stored + tailBytes, complete: false };
  }

  /** Waits for the parts on their way and keeps what is no part: as the last one, or beside them. */
  private async settle(file: PartialFile, writer: PartWriter, before: Standing, end: number): Promise<void> {
    const rest = writer.takeRest();
    if (end === file.bytes && rest.byteLength > 0) await writer.send(rest);
    await writer.settle();
    if (end < file.bytes && rest.byteLength > 0) {
      await this.bucket.put(this.layout.tail(file.id, writer.next - 1), rest);
    }
    if (before.tailBytes > 0 && writer.next - 1 > before.parts.length) {
      await this.bucket.remove(this.layout.tail(file.id, before.parts.length));
    }
  }

  private async readTail(id: string, afterParts: number): Promise<Buffer> {
    return buffer(readObject(this.bucket, this.layout.tail(id, afterParts), id));
  }

  /** A multipart upload has one part at least. */
  private async sealEmpty(key: string, uploadId: string): Promise<void> {
    await this.bucket.put(key, Buffer.alloc(0));
    await this.bucket.abortMultipart(key, uploadId);
  }
}

/**
 * The parts from the first one on without a gap: when a part failed to arrive, later ones may be there already. They are sent
 * again under the same number.
 */
function withoutGap(parts: readonly StoredPart[], bytes: number): StoredPart[] {
  const partBytes = partBytesFor(bytes);
  const good: StoredPart[] = [];
  let stored = 0;
  for (const part of parts) {
    const whole = part.bytes === partBytes || stored + part.bytes === bytes;
    if (part.number !== good.length + 1 || !whole) break;
    good.push(part);
    stored += part.bytes;
  }
  return good;
}
