import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { BlobStore } from '#libs/blobs';
import { loadConfig } from '#libs/config';
import { messageOf } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import { ingestConfigSchema } from '../twitter-ingest.config.js';
import { ArchiveImportRepository } from './archive-import.repository.js';

const logger = createLogger('BlobSweeper');
const EVERY_MS = 60 * 60 * 1_000;
const PER_SWEEP = 1_000;

/** Removes uploaded files some time after their import has ended: the posts are in the database by then. */
@Injectable()
export class BlobSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private readonly hours = loadConfig(ingestConfigSchema).MIRANTE_ARCHIVE_RETENTION_HOURS;

  constructor(
    private readonly imports: ArchiveImportRepository,
    private readonly blobs: BlobStore,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweep(), EVERY_MS);
    this.timer.unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  async sweep(): Promise<void> {
    try {
      const refs = await this.imports.expiredBlobs(this.hours, PER_SWEEP);
      for (const ref of refs) await this.blobs.remove(ref);
      const stale = await this.blobs.sweepTemporary();
      if (refs.length + stale > 0) logger.info(`removed ${refs.length} imported files and ${stale} broken uploads`);
    } catch (error) {
      logger.warn(`sweep failed: ${messageOf(error)}`);
    }
  }
}
