import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { BlobStore } from '#libs/blobs';
import { loadConfig } from '#libs/config';
import { messageOf } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import { ingestConfigSchema } from '../twitter-ingest.config.js';
import { ArchiveImportRepository } from './archive-import.repository.js';

const logger = createLogger('BlobSweeper');
const EVERY_MS = 60 * 60 * 1_000;

/** Removes uploaded files some time after they came, unless an import still needs them: the posts are stored by then. */
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
      const removed = await this.blobs.removeUnused(this.hours * 3_600_000, (refs) => this.imports.blobsInUse(refs));
      const broken = await this.blobs.sweepTemporary();
      if (removed + broken > 0) logger.info(`removed ${removed} imported files and ${broken} broken uploads`);
    } catch (error) {
      logger.warn(`sweep failed: ${messageOf(error)}`);
    }
  }
}
