import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { addAbortSignal } from 'node:stream';
import { crc32 } from 'node:zlib';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { BlobStore } from '#libs/blobs';
import { compileKernel, createKernel } from './kernel.js';
import { sumStreamSlice } from './range-reader.js';
import type { PartialSum, SumSlice } from './slices.domain.js';
import { InputChangedError } from './sum-even.errors.js';
import { SumPool } from './sum-pool.js';

/** Adds up stored texts: in a thread per core when they lie on this machine, otherwise as fast as they come. */
@Injectable()
export class TextSums implements OnApplicationShutdown {
  private readonly pool = new SumPool(availableParallelism());
  private readonly kernel = compileKernel();

  constructor(private readonly blobs: BlobStore) {}

  onApplicationShutdown(): Promise<void> {
    return this.pool.close();
  }

  /** @throws InputChangedError, SumCancelledError when the signal aborts, SumWorkerLostError, BlobNotFoundError */
  sum(
    ref: string,
    slice: SumSlice,
    watch: { signal: AbortSignal; progress(bytes: number): void },
  ): Promise<PartialSum> {
    const { signal, progress } = watch;
    if (this.blobs.isLocal) {
      return this.blobs.withLocalFile(ref, (path) => this.pool.sum({ path, slice, signal, progress }));
    }
    const open = (start: number) => this.blobs.open(ref, { start });
    return sumStreamSlice(open, slice, createKernel(this.kernel), { isCancelled: () => signal.aborted, progress });
  }

  /**
   * CRC-32 of a stored file whose own was not noted down when it was accepted.
   *
   * @throws InputChangedError when the file is not the one its name, the SHA-256, says
   */
  async checksum(ref: string, signal: AbortSignal): Promise<number> {
    const hash = createHash('sha256');
    let checksum = 0;
    for await (const chunk of addAbortSignal(signal, this.blobs.open(ref)) as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      checksum = crc32(chunk, checksum);
    }
    const sha256 = hash.digest('hex');
    if (sha256 !== ref) throw InputChangedError.ofHash(sha256, ref);
    return checksum;
  }
}
