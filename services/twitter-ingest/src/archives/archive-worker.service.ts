import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { faultIsOn } from '#libs/faults';
import { messageOf, sleep } from '#libs/kernel';
import { contextFromHeaders, createLogger, runInContext } from '#libs/observability';
import { ingestConfigSchema } from '../twitter-ingest.config.js';
import { ArchiveImportRunner } from './archive-import.runner.js';
import type { ClaimedImport } from './archive-import.types.js';
import { runningImports } from './archive.metrics.js';

const logger = createLogger('ArchiveWorker');

/** How often a worker looks for imports nobody told it about. */
const POLL_MS = 1_000;

/** Works off archive imports, a few at a time, for as long as the process lives. */
@Injectable()
export class ArchiveWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stop = new AbortController();
  private readonly concurrency = loadConfig(ingestConfigSchema).MIRANTE_IMPORT_CONCURRENCY;
  private loops: Promise<void>[] = [];
  private wake = new AbortController();

  constructor(private readonly runner: ArchiveImportRunner) {}

  onApplicationBootstrap(): void {
    this.loops = Array.from({ length: this.concurrency }, () => this.loop());
  }

  /** Lets each worker finish the batch it is storing; the rest of the file is left to the next process. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    this.wake.abort();
    await Promise.all(this.loops);
  }

  /** There is new work: look now instead of at the next poll. */
  poke(): void {
    this.wake.abort();
    this.wake = new AbortController();
  }

  private async loop(): Promise<void> {
    while (!this.stop.signal.aborted) {
      const { signal } = this.wake;
      const claim = await this.claim();
      if (claim) await this.work(claim);
      else await sleep(POLL_MS, AbortSignal.any([signal, this.stop.signal]));
    }
  }

  private async claim(): Promise<ClaimedImport | undefined> {
    if (faultIsOn('ingest-stalled')) return undefined;
    try {
      return await this.runner.claim();
    } catch (error) {
      logger.warn(`no import could be claimed: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** Works in the trace of the request that asked for the import. */
  private async work(claim: ClaimedImport): Promise<void> {
    const context = contextFromHeaders({ traceparent: claim.traceparent, 'x-request-id': claim.requestId });
    runningImports.inc({});
    try {
      await runInContext(context, () => this.runner.run(claim, this.stop.signal));
    } catch (error) {
      logger.error(`import ${claim.id} could not be settled`, {}, error);
    } finally {
      runningImports.dec({});
    }
  }
}
