import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { faultIsOn } from '#libs/faults';
import { measuredAreas } from '../blobs.metrics.js';
import { DiskFullError } from '../blobs.errors.js';

/** How many bytes are written between two looks at the free space. */
export const FREE_SPACE_CHECK_BYTES = 64 * 1024 * 1024;

/** What is left on a disk that seems full on purpose. */
const ALMOST_FULL_BYTES = 1024 * 1024;

/** Keeps a disk from being filled. */
export class FreeSpace {
  /** @param floor bytes that must stay free */
  constructor(
    private readonly dir: string,
    private readonly floor: number,
  ) {
    measuredAreas.set(basename(dir), () => this.measure());
  }

  /** @throws DiskFullError when less than the floor would stay free after `coming` further bytes */
  async assertRoomFor(coming: number): Promise<void> {
    const free = await this.measure();
    if (free - coming < this.floor) throw new DiskFullError();
  }

  private async measure(): Promise<number> {
    if (faultIsOn('disk-almost-full')) return ALMOST_FULL_BYTES;
    const { bavail, bsize } = await statfsOf(this.dir);
    return bavail * bsize;
  }

  /** Passes a stream on as long as there is room. */
  async *watch(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let left = 0;
    for await (const chunk of stream) {
      left -= chunk.byteLength;
      if (left < 0) {
        await this.assertRoomFor(chunk.byteLength);
        left = FREE_SPACE_CHECK_BYTES;
      }
      yield chunk;
    }
  }
}

/** Of a folder that is made when something is first stored: of the one it will be made in. */
async function statfsOf(dir: string): Promise<StatsFs> {
  try {
    return await statfs(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dir === dirname(dir)) throw error;
    return statfsOf(dirname(dir));
  }
}

/** What the file system says, as an error of the store. */
export function storeError(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' ? new DiskFullError(error) : error;
}
