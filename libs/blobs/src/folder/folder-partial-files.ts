import { createReadStream } from 'node:fs';
import { open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredBlob } from '../stored-blob.js';
import { BlobNotFoundError, BlobTooLargeError, OffsetConflictError, PartialUnfinishedError } from '../blobs.errors.js';
import { storedBytes } from '../blobs.metrics.js';
import { marksOf, type FileMarks } from '../fingerprint.js';
import { assertPartialId } from '../partial-id.js';
import type { LeftPartial, PartialFile, PartialFiles } from '../partial-files.js';
import { RollingFingerprints } from '../rolling-fingerprints.js';
import { FileSink } from './file-sink.js';
import { syncDir, type Folder } from './folder.js';
import { storeError, type FreeSpace } from './free-space.js';

/** Partial files as files that grow; the length of one says how much is stored. */
export class FolderPartialFiles implements PartialFiles {
  private readonly fingerprints = new RollingFingerprints();

  constructor(
    private readonly folder: Folder,
    private readonly space: FreeSpace,
  ) {}

  async begin(id: string, bytes: number): Promise<string> {
    assertPartialId(id);
    const dir = await this.folder.side('partial');
    await this.space.assertRoomFor(bytes);
    const file = await open(join(dir, id), 'wx', 0o600).catch((error: unknown) => {
      throw storeError(error);
    });
    await file.close();
    await syncDir(dir);
    return id;
  }

  async size({ id }: PartialFile): Promise<number> {
    const info = await stat(this.pathOf(id)).catch(missing(id));
    return info.size;
  }

  async append(
    partial: PartialFile,
    offset: number,
    stream: AsyncIterable<Uint8Array>,
    mayWrite: () => void = () => undefined,
  ): Promise<number> {
    const file = await open(this.pathOf(partial.id), 'r+').catch(missing(partial.id));
    try {
      const { size } = await file.stat();
      if (size !== offset) throw new OffsetConflictError(size);
      return await this.write(file, partial, offset, stream, mayWrite);
    } catch (error) {
      throw storeError(error);
    } finally {
      await file.close();
    }
  }

  async seal(partial: PartialFile): Promise<FileMarks> {
    const { id, bytes } = partial;
    const stored = await this.size(partial);
    if (stored !== bytes) throw new PartialUnfinishedError(stored, bytes);
    const known = this.fingerprints.marks(id, bytes);
    return known ?? marksOf(createReadStream(this.pathOf(id), { highWaterMark: 1024 * 1024 }));
  }

  async publish({ id }: PartialFile, marks: FileMarks): Promise<StoredBlob> {
    const twin = await this.folder.twin(this.pathOf(id)).catch(missing(id));
    try {
      await this.folder.publish(twin, marks.sha256);
    } finally {
      await rm(twin, { force: true });
    }
    this.fingerprints.forget(id);
    return { ref: marks.sha256, ...marks };
  }

  async discard({ id }: PartialFile): Promise<void> {
    this.fingerprints.forget(id);
    await rm(this.pathOf(id), { force: true });
  }

  async *list(now: number = Date.now()): AsyncGenerator<LeftPartial> {
    const dir = await this.folder.side('partial');
    for (const id of await readdir(dir)) {
      const info = await stat(join(dir, id)).catch(() => undefined);
      if (info) yield { id, handle: id, ageMs: now - info.mtimeMs };
    }
  }

  private async write(
    file: FileHandle,
    { id, bytes }: PartialFile,
    offset: number,
    stream: AsyncIterable<Uint8Array>,
    mayWrite: () => void,
  ): Promise<number> {
    const fingerprint = this.fingerprints.take(id, offset);
    const sink = new FileSink(file, offset, (chunk) => fingerprint?.update(chunk));
    let end = offset;
    try {
      for await (const chunk of this.space.watch(stream)) {
        end += chunk.byteLength;
        if (end > bytes) throw new BlobTooLargeError(bytes);
        mayWrite();
        await sink.write(chunk);
      }
    } finally {
      await this.settle(file, sink);
      if (fingerprint) this.fingerprints.keep(id, fingerprint);
      storedBytes.inc({ driver: 'folder' }, sink.position - offset);
    }
    return sink.position;
  }

  /** What is in the file stays, and survives a loss of power; half a batch that a full disk took does not. */
  private async settle(file: FileHandle, sink: FileSink): Promise<void> {
    try {
      await sink.finish();
    } catch (error) {
      await file.truncate(sink.position);
      throw error;
    } finally {
      await file.datasync();
    }
  }

  private pathOf(id: string): string {
    assertPartialId(id);
    return join(this.folder.root, 'partial', id);
  }
}

/** Translates the absence of a file. */
function missing(id: string) {
  return (error: unknown): never => {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new BlobNotFoundError(id) : error;
  };
}
