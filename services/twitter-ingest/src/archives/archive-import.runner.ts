import { Injectable } from '@nestjs/common';
import { BlobNotFoundError, BlobStore } from '#libs/blobs';
import { loadConfig } from '#libs/config';
import { backoffMs, messageOf, sleep } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import { DatabaseUnavailableError, TransactionRunner } from '#libs/persistence';
import { readArchive, type ArchiveReading } from '../formats/index.js';
import { ingestConfigSchema } from '../twitter-ingest.config.js';
import { ArchiveBatchService } from './archive-batch.service.js';
import type { ClaimedImport } from './archive-import.types.js';
import { ArchiveImportRepository } from './archive-import.repository.js';
import { importDuration } from './archive.metrics.js';
import { LeaseLostError } from './archives.errors.js';
import { PendingBatch } from './pending-batch.js';

const logger = createLogger('ArchiveImport');

/** A batch is stored when it has this many posts, or this many records without many posts in them. */
const BATCH_POSTS = 1_000;
const BATCH_RECORDS = 5_000;

/** Claims without progress after which the file, not the weather, is to blame. */
const MAX_ATTEMPTS = 10;

/** Runs one claimed import from its checkpoint to its end. */
@Injectable()
export class ArchiveImportRunner {
  private readonly leaseSeconds = loadConfig(ingestConfigSchema).MIRANTE_IMPORT_LEASE_SECONDS;

  constructor(
    private readonly imports: ArchiveImportRepository,
    private readonly batches: ArchiveBatchService,
    private readonly blobs: BlobStore,
    private readonly transactions: TransactionRunner,
  ) {}

  claim(): Promise<ClaimedImport | undefined> {
    return this.imports.claim(this.leaseSeconds);
  }

  /** Never throws: an import ends done, failed, given back (on `stop`) or taken over by another worker. */
  async run(claim: ClaimedImport, stop: AbortSignal): Promise<void> {
    const ended = new AbortController();
    void this.keepLease(claim, ended);
    try {
      logger.info(`import ${claim.id} starts at record ${claim.nextRecord}`, { event: { action: 'import-started' } });
      await this.runOnce(claim, AbortSignal.any([stop, ended.signal]));
    } catch (error) {
      await this.settle(claim, error);
    } finally {
      ended.abort();
    }
  }

  private async runOnce(claim: ClaimedImport, stop: AbortSignal): Promise<void> {
    if (claim.attempts > MAX_ATTEMPTS) {
      throw new UnreadableArchiveError(`gave up after ${MAX_ATTEMPTS} attempts that made no progress`);
    }
    await this.blobs.stat(claim.blob);
    const source = this.blobs.open(claim.blob);
    try {
      const fatal = await this.readAll(claim, readArchive(source, { fromRecord: claim.nextRecord }), stop);
      if (stop.aborted) {
        await this.imports.release(claim);
        return;
      }
      if (fatal !== null) throw new UnreadableArchiveError(fatal);
    } finally {
      source.destroy();
    }
    await this.transactions.run((tx) => this.imports.finishReading(tx, claim));
    const seconds = (Date.now() - claim.createdAt.getTime()) / 1_000;
    importDuration.observe({ outcome: 'ok' }, seconds);
    logger.info(`import ${claim.id} has stored its posts`, {
      event: { action: 'import-stored', outcome: 'success', duration: Math.round(seconds * 1e9) },
    });
  }

  /** Reads the next batch while the one before is being stored. @returns why the file ends early, if it does */
  private async readAll(claim: ClaimedImport, reading: ArchiveReading, stop: AbortSignal): Promise<string | null> {
    let pending = new PendingBatch();
    let storing: Promise<void> = Promise.resolve();
    const flush = async () => {
      const batch = pending;
      pending = new PendingBatch();
      await storing;
      const { container, text } = reading.describe();
      const lines = container === 'json' ? batch.nextRecord : batch.lastLine;
      storing = this.store(claim, batch, { lines, format: text });
      // The rejection is seen by whoever awaits `storing` next; until then it must not count as unhandled.
      storing.catch(() => undefined);
    };
    for await (const item of reading) {
      pending.add(item);
      if (stop.aborted) break;
      if (pending.postCount >= BATCH_POSTS || pending.records >= BATCH_RECORDS) await flush();
    }
    const { fatal } = pending;
    if (pending.records > 0 && !stop.aborted) await flush();
    await storing;
    return fatal;
  }

  private async store(claim: ClaimedImport, batch: PendingBatch, checkpoint: { lines: number; format: string | null }) {
    const progress = await this.batches.save(claim, batch, checkpoint);
    claim.invalid += progress.errors.length;
    claim.nextRecord = progress.nextRecord;
  }

  private async settle(claim: ClaimedImport, error: unknown): Promise<void> {
    if (error instanceof LeaseLostError) {
      logger.warn(`import ${claim.id} was taken over by another worker`);
      return;
    }
    if (error instanceof UnreadableArchiveError || error instanceof BlobNotFoundError) {
      importDuration.observe({ outcome: 'failed' }, (Date.now() - claim.createdAt.getTime()) / 1_000);
      logger.warn(`import ${claim.id} failed: ${error.message}`, {
        event: { action: 'import-failed', outcome: 'failure' },
      });
      await this.untilDatabaseAnswers(() => this.imports.fail(claim, error.message));
      return;
    }
    logger.error(`import ${claim.id} stopped; it will go on from its checkpoint`, {}, error);
    const weather = error instanceof DatabaseUnavailableError;
    await this.untilDatabaseAnswers(() => (weather ? this.imports.release(claim) : this.imports.postpone(claim)));
  }

  private async untilDatabaseAnswers(work: () => Promise<void>): Promise<void> {
    for (let attempt = 0; attempt < 20; attempt++) {
      try {
        await work();
        return;
      } catch (error) {
        if (!(error instanceof DatabaseUnavailableError)) throw error;
        await sleep(100 + backoffMs(attempt, 200, 3_000));
      }
    }
  }

  private async keepLease(claim: ClaimedImport, ended: AbortController): Promise<void> {
    for (;;) {
      await sleep((this.leaseSeconds * 1_000) / 3, ended.signal);
      if (ended.signal.aborted) return;
      try {
        if (!(await this.imports.renewLease(claim, this.leaseSeconds))) ended.abort();
      } catch (error) {
        logger.warn(`lease of import ${claim.id} not renewed: ${messageOf(error)}`);
      }
    }
  }
}

/** The file itself is at fault: trying again would end the same way. */
class UnreadableArchiveError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'UnreadableArchiveError';
  }
}
