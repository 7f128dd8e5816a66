import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { BlobStore } from '#libs/blobs';
import { messageOf } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import { IMAGE_TASKS_CONFIG, type ImageTasksConfig } from '../image-tasks.config.js';
import { removedFiles } from './files.metrics.js';
import { TaskEventRepository } from '../events/task-event.repository.js';
import { TaskFileRepository } from './task-file.repository.js';

const logger = createLogger('FileSweeper');
const EVERY_MS = 10 * 60 * 1_000;

/** Removes files that no task reads any more and no result consists of. Every process may. */
@Injectable()
export class FileSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly files: TaskFileRepository,
    private readonly changes: TaskEventRepository,
    private readonly blobs: BlobStore,
    @Inject(IMAGE_TASKS_CONFIG) private readonly config: ImageTasksConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweepQuietly(), EVERY_MS).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** @returns how many files were removed */
  async sweep(): Promise<number> {
    while ((await this.files.forgetEnded()) > 0);
    while ((await this.changes.forgetOrphans()) > 0);
    const graceMs = this.config.MIRANTE_TASK_FILE_GRACE_MINUTES * 60_000;
    const removed = await this.blobs.removeUnused(graceMs, (refs) => this.files.inUse(refs));
    removedFiles.inc({}, removed);
    await this.blobs.sweepTemporary();
    return removed;
  }

  private async sweepQuietly(): Promise<void> {
    try {
      const removed = await this.sweep();
      if (removed > 0) logger.info(`removed ${removed} files of tasks`);
    } catch (error) {
      logger.warn(`sweep failed: ${messageOf(error)}`);
    }
  }
}
