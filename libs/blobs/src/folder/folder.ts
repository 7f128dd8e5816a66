import { randomUUID } from 'node:crypto';
import { copyFile, constants, link, mkdir, open, rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { isRef } from '../blob-store.js';
import { BlobNotFoundError } from '../blobs.errors.js';

/** Where the files of one area lie. */
export class Folder {
  constructor(readonly root: string) {}

  /** @throws BlobNotFoundError when the reference is none */
  pathOf(ref: string): string {
    if (!isRef(ref)) throw new BlobNotFoundError(ref.slice(0, 80));
    return join(this.root, ref.slice(0, 2), ref);
  }

  /** A folder beside the files, made when it is not there. */
  async side(name: 'tmp' | 'partial'): Promise<string> {
    const dir = join(this.root, name);
    await mkdir(dir, { recursive: true, mode: 0o700 });
    return dir;
  }

  async newTemporary(): Promise<string> {
    return join(await this.side('tmp'), randomUUID());
  }

  /** Gives a file its name, for good. It counts as stored now. */
  async publish(temporary: string, sha256: string): Promise<void> {
    const dir = join(this.root, sha256.slice(0, 2));
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const now = new Date();
    await utimes(temporary, now, now);
    await rename(temporary, join(dir, sha256));
    // Two names of one file: renaming one to the other does nothing, says POSIX.
    await rm(temporary, { force: true });
    await syncDir(dir);
  }

  /** A second name for the bytes of a file; a copy where the file system has no second names. */
  async twin(path: string): Promise<string> {
    const twin = await this.newTemporary();
    try {
      await link(path, twin);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EMLINK') throw error;
      await copyFile(path, twin, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    }
    return twin;
  }
}

/** Makes the names in a folder survive a loss of power. */
export async function syncDir(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
