import { createHash } from 'node:crypto';
import { createReadStream, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { BlobStore } from '#libs/blobs';
import type { JobBlob, JobOutcome, SliceContext, SliceSpec } from '#libs/jobs';
import { ImageWorkers, limitsOf, type ImageReport, type ImagesConfig, type ImageTask } from '../images/index.js';
import { IMAGES_CONFIG } from '../image-tasks.config.js';
import type { StoredFile } from './file.schema.js';
import { StoredFileChangedError } from './input.errors.js';
import { refusingForGood } from './permanent.js';
import { makeScratch, removeScratchOfTheDead } from './scratch.js';

/** Read at once of what a decoder made: few pieces cost few turns of the event loop. */
const PIECE_BYTES = 1024 * 1024;

/** What shuffling and restoring need to know. */
export interface ImageParams {
  input: StoredFile;
  mode: 'blocks' | 'pixels';
  block: number;
  seed: string;
}

/** Numbers about an image and the file that was made of it. */
export type ImageResult = ReturnType<typeof resultOf>;

/** Shuffles and restores stored images: a decoder process works from file to file, the file it makes goes into the store. */
@Injectable()
export class ImageWork implements OnApplicationShutdown {
  private readonly workers: ImageWorkers;
  private readonly largest: number;
  /** Of this process alone, so that nothing of a dead one is ever taken for a result. */
  private readonly scratch = makeScratch(tmpdir());

  constructor(
    private readonly blobs: BlobStore,
    @Inject(IMAGES_CONFIG) config: ImagesConfig,
  ) {
    removeScratchOfTheDead(tmpdir());
    const limits = limitsOf(config);
    this.workers = new ImageWorkers({ processes: config.MIRANTE_IMAGE_PROCESSES, limits });
    // Pixels in random order do not get smaller: what is made may be as large as they are, and some headers.
    this.largest = limits.pixels * 8 + 2 ** 20;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.workers.close();
    rmSync(this.scratch, { recursive: true, force: true });
  }

  /** @throws PermanentJobError when the image, or the stored file, is at fault */
  run(operation: ImageTask['operation'], slice: SliceContext<ImageParams, null>): Promise<ImageResult> {
    return refusingForGood(async () => {
      const { job, params, fence, signal, progress, isUrgent } = slice;
      const { input, mode, block, seed } = params;
      await this.assertUnchanged(input, signal);
      const output = join(this.scratch, `${job.id}-${fence}.png`);
      try {
        const plan = mode === 'blocks' ? ({ mode, block } as const) : ({ mode } as const);
        const report = await this.blobs.withLocalFile(input.ref, (path) =>
          this.workers.run(
            { operation, input: path, output, plan, seed },
            { signal, isUrgent, onProgress: (fraction) => progress(Math.floor(fraction * input.bytes)) },
          ),
        );
        const { ref, bytes } = await this.blobs.put(createReadStream(output, { highWaterMark: PIECE_BYTES }), {
          maxBytes: this.largest,
        });
        return resultOf(report, { ref, bytes, contentType: report.contentType });
      } finally {
        await rm(output, { force: true });
      }
    });
  }

  /** The name of a stored file is its SHA-256. */
  private async assertUnchanged({ ref }: StoredFile, signal: AbortSignal): Promise<void> {
    const hash = createHash('sha256');
    await pipeline(this.blobs.open(ref), hash, { signal });
    if (hash.digest('hex') !== ref) throw new StoredFileChangedError();
  }
}

/** An image is one slice: it cannot be cut. */
export function oneSlice({ bytes }: StoredFile): SliceSpec<null>[] {
  return [{ index: 0, bytes, units: 1, payload: null }];
}

/** What the owner is told of an image. */
export function imageOutcome({ blob, ...result }: ImageResult): JobOutcome {
  return { result, blob };
}

function resultOf(report: ImageReport, blob: JobBlob) {
  const { image, orientation, decodeMs, shuffleMs, encodeMs, peakRssBytes } = report;
  return {
    width: image.width,
    height: image.height,
    channels: image.channels,
    depth: image.depth,
    input_type: `image/${image.type}`,
    orientation,
    content_type: blob.contentType,
    bytes: blob.bytes,
    sha256: blob.ref,
    decode_ms: Math.round(decodeMs),
    shuffle_ms: Math.round(shuffleMs),
    encode_ms: Math.round(encodeMs),
    peak_rss_bytes: peakRssBytes,
    blob: { ...blob },
  };
}
