import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { BlobStore } from '#libs/blobs';
import { messageOf } from '#libs/kernel';
import { createLogger, newContext, runInContext } from '#libs/observability';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { TASK_BLOBS } from '../tasks/task-blobs.module.js';
import { ResumableUploads } from './resumable-uploads.service.js';
import { UploadRepository } from './upload.repository.js';
import { resumableUploads } from './uploads.metrics.js';

const logger = createLogger('UploadSweeper');
const EVERY_MS = 5 * 60 * 1_000;
const PER_LOOK = 100;

/** Removes uploads whose time is over, and bytes of uploads nobody knows of any more. Every gateway may. */
@Injectable()
export class UploadSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly uploads: UploadRepository,
    private readonly resumable: ResumableUploads,
    @Inject(TASK_BLOBS) private readonly blobs: BlobStore,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void runInContext(newContext(), () => this.sweepQuietly()), EVERY_MS).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** @returns how many uploads were removed */
  async sweep(now: number = Date.now()): Promise<number> {
    let removed = 0;
    for (;;) {
      const expired = await this.uploads.expired(PER_LOOK);
      for (const row of expired) {
        await this.resumable.discard(row);
        resumableUploads.inc({ step: 'expired' });
      }
      removed += expired.length;
      if (expired.length < PER_LOOK) break;
    }
    return removed + (await this.sweepUnknown(now));
  }

  /** A process that died between the store and the database leaves bytes that no row speaks of. */
  private async sweepUnknown(now: number): Promise<number> {
    let removed = 0;
    for await (const { id, handle, ageMs } of this.blobs.partials.list(now)) {
      if (ageMs <= this.config.MIRANTE_UPLOAD_HOURS * 3_600_000 || (await this.uploads.isKnown(id))) continue;
      await this.blobs.partials.discard({ id, handle, bytes: 0 });
      resumableUploads.inc({ step: 'abandoned' });
      removed++;
    }
    return removed;
  }

  private async sweepQuietly(): Promise<void> {
    try {
      const removed = await this.sweep();
      if (removed > 0) logger.info(`removed ${removed} uploads`);
    } catch (error) {
      logger.warn(`sweep failed: ${messageOf(error)}`);
    }
  }
}
