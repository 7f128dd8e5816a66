import { createReadStream } from 'node:fs';
import { open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { BlobStore, STALE_TEMPORARY_MS, type PutOptions, type Range } from '../blob-store.js';
import type { StoredBlob } from '../stored-blob.js';
import { BlobNotFoundError, BlobTooLargeError } from '../blobs.errors.js';
import { storedBytes } from '../blobs.metrics.js';
import { Fingerprint, type FileMarks } from '../fingerprint.js';
import { FileSink } from './file-sink.js';
import { FolderPartialFiles } from './folder-partial-files.js';
import { Folder } from './folder.js';
import { FreeSpace, storeError } from './free-space.js';

/** A {@link BlobStore} in a folder: temporary file, fsync, rename, fsync of the folder. */
export class FolderBlobStore extends BlobStore {
  readonly partials: FolderPartialFiles;
  readonly isLocal = true;
  private readonly folder: Folder;
  private readonly space: FreeSpace;

  /**
   * @param dir folder that every process on this machine shares
   * @param minFreeBytes free space that must stay on its disk
   * @param area folder of one kind of file; only its owner may decide how long its files are kept
   */
  constructor({ dir, minFreeBytes }: { dir: string; minFreeBytes: number }, area: string) {
    super();
    this.folder = new Folder(join(dir, area));
    this.space = new FreeSpace(this.folder.root, minFreeBytes);
    this.partials = new FolderPartialFiles(this.folder, this.space);
  }

  async put(stream: AsyncIterable<Uint8Array>, options: PutOptions): Promise<StoredBlob> {
    const temporary = await this.folder.newTemporary();
    if (options.expectedBytes !== undefined) await this.space.assertRoomFor(options.expectedBytes);
    const file = await open(temporary, 'wx', 0o600);
    try {
      const marks = await write(file, this.space.watch(stream), options.maxBytes);
      await file.sync();
      await file.close();
      await this.folder.publish(temporary, marks.sha256);
      storedBytes.inc({ driver: 'folder' }, marks.bytes);
      return { ref: marks.sha256, ...marks };
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(temporary, { force: true });
      throw storeError(error);
    }
  }

  open(ref: string, { start = 0, end }: Range = {}): Readable {
    return createReadStream(this.folder.pathOf(ref), {
      start,
      ...(end !== undefined && { end: end - 1 }),
      highWaterMark: 256 * 1024,
    });
  }

  async withLocalFile<T>(ref: string, work: (path: string) => Promise<T>): Promise<T> {
    await this.stat(ref);
    return work(this.folder.pathOf(ref));
  }

  async stat(ref: string): Promise<{ bytes: number; storedAt: Date }> {
    try {
      const { size, mtime } = await stat(this.folder.pathOf(ref));
      return { bytes: size, storedAt: mtime };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new BlobNotFoundError(ref);
      throw error;
    }
  }

  async remove(ref: string): Promise<void> {
    await rm(this.folder.pathOf(ref), { force: true });
  }

  async *olderThan(ageMs: number, now: number = Date.now()): AsyncGenerator<string> {
    for (const folder of await readdir(this.folder.root).catch(() => [])) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      for (const ref of await readdir(join(this.folder.root, folder))) {
        const info = await stat(join(this.folder.root, folder, ref)).catch(() => undefined);
        if (info && now - info.mtimeMs > ageMs) yield ref;
      }
    }
  }

  async sweepTemporary(now: number = Date.now()): Promise<number> {
    const dir = await this.folder.side('tmp');
    let removed = 0;
    for (const name of await readdir(dir)) {
      const path = join(dir, name);
      const info = await stat(path).catch(() => undefined);
      if (info && now - info.mtimeMs > STALE_TEMPORARY_MS) {
        await rm(path, { force: true });
        removed++;
      }
    }
    return removed;
  }
}

async function write(file: FileHandle, stream: AsyncIterable<Uint8Array>, maxBytes: number): Promise<FileMarks> {
  const fingerprint = new Fingerprint();
  const sink = new FileSink(file, 0, (chunk) => fingerprint.update(chunk));
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw new BlobTooLargeError(maxBytes);
      await sink.write(chunk);
    }
  } catch (error) {
    await sink.finish().catch(() => undefined);
    throw error;
  }
  await sink.finish();
  return fingerprint.marks();
}
