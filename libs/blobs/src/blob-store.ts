import { randomUUID, createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, statfs, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { BlobNotFoundError, BlobTooLargeError, DiskFullError } from './blobs.errors.js';
import type { BlobsConfig } from './blobs.config.js';

/** A file as the store knows it. */
export interface StoredBlob {
  /** Where to find it again; safe to send to another service, meaningless outside. */
  ref: string;
  sha256: string;
  bytes: number;
}

const REF = /^[0-9a-f]{64}$/;

/** How many bytes are written between two looks at the free space. */
const FREE_SPACE_CHECK_BYTES = 64 * 1024 * 1024;

/** Temporary files older than this belong to a process that died. */
const STALE_TEMPORARY_MS = 24 * 60 * 60 * 1_000;

/**
 * Content-addressed files in a local folder: the name of a file is the SHA-256 of its bytes, so equal content is stored
 * once and a stored file never changes. A file appears under its name only when it is whole and on disk (temporary file,
 * fsync, rename).
 */
@Injectable()
export class BlobStore {
  private readonly dir: string;

  /** @param area folder of one kind of file; only its owner may decide how long its files are kept */
  constructor(
    private readonly config: BlobsConfig,
    area: string,
  ) {
    this.dir = join(config.MIRANTE_BLOB_DIR, area);
  }

  /**
   * Stores a stream at constant memory.
   *
   * @throws BlobTooLargeError beyond `maxBytes`, DiskFullError when the free-space floor is reached; nothing stays behind
   */
  async put(stream: AsyncIterable<Uint8Array>, options: { maxBytes: number }): Promise<StoredBlob> {
    const temporary = join(await this.temporaryDir(), randomUUID());
    const file = await open(temporary, 'wx', 0o600);
    try {
      const { sha256, bytes } = await this.write(file, stream, options.maxBytes);
      await file.sync();
      await file.close();
      await this.publish(temporary, sha256);
      return { ref: sha256, sha256, bytes };
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(temporary, { force: true });
      throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? new DiskFullError() : error;
    }
  }

  /** Reads from byte `start` on. A missing file shows as an `error` event of the stream. */
  open(ref: string, options: { start?: number } = {}): Readable {
    return createReadStream(this.pathOf(ref), { start: options.start ?? 0, highWaterMark: 256 * 1024 });
  }

  /**
   * Where the bytes lie on this machine, for programs that want a file of their own to read. Whether it is there is found
   * out by opening it. @throws BlobNotFoundError when the reference is none
   */
  localPath(ref: string): string {
    return this.pathOf(ref);
  }

  /** @throws BlobNotFoundError */
  async stat(ref: string): Promise<{ bytes: number }> {
    try {
      return { bytes: (await stat(this.pathOf(ref))).size };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new BlobNotFoundError(ref);
      throw error;
    }
  }

  /** Removes a file; one that is already gone is no error. */
  async remove(ref: string): Promise<void> {
    await rm(this.pathOf(ref), { force: true });
  }

  /** Files stored (or stored again) more than `ageMs` ago. */
  async *olderThan(ageMs: number, now: number = Date.now()): AsyncGenerator<string> {
    for (const folder of await readdir(this.dir).catch(() => [])) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      for (const ref of await readdir(join(this.dir, folder))) {
        const info = await stat(join(this.dir, folder, ref)).catch(() => undefined);
        if (info && now - info.mtimeMs > ageMs) yield ref;
      }
    }
  }

  /** Deletes what uploads that died with their process left behind. */
  async sweepTemporary(now: number = Date.now()): Promise<number> {
    const dir = await this.temporaryDir();
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

  private async write(file: FileHandle, stream: AsyncIterable<Uint8Array>, maxBytes: number) {
    const hash = createHash('sha256');
    let bytes = 0;
    let nextCheck = 0;
    for await (const chunk of stream) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw new BlobTooLargeError(maxBytes);
      if (bytes >= nextCheck) {
        await this.assertFreeSpace();
        nextCheck = bytes + FREE_SPACE_CHECK_BYTES;
      }
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    return { sha256: hash.digest('hex'), bytes };
  }

  private async publish(temporary: string, sha256: string): Promise<void> {
    const dir = join(this.dir, sha256.slice(0, 2));
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await rename(temporary, join(dir, sha256));
    const handle = await open(dir, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  private async assertFreeSpace(): Promise<void> {
    const { bavail, bsize } = await statfs(this.dir);
    if (bavail * bsize < this.config.MIRANTE_BLOB_MIN_FREE_BYTES) throw new DiskFullError();
  }

  private async temporaryDir(): Promise<string> {
    const dir = join(this.dir, 'tmp');
    await mkdir(dir, { recursive: true, mode: 0o700 });
    return dir;
  }

  private pathOf(ref: string): string {
    if (!REF.test(ref)) throw new BlobNotFoundError(ref.slice(0, 80));
    return join(this.dir, ref.slice(0, 2), ref);
  }
}
