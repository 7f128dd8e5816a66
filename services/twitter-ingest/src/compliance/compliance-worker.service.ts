import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { messageOf, sleep } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import { UpstreamError } from '../captures/upstream.errors.js';
import { XApi } from '../sources/x/index.js';
import { BlockCheck } from './block-check.service.js';
import { oldestCheckAge } from './compliance.metrics.js';
import { ComplianceRepository, type ClaimedBlock } from './compliance.repository.js';
import { ComplianceSettings } from './compliance.settings.js';

const logger = createLogger('Compliance');

const IDLE_MS = 1_000;
/** Between two lookups of one process: captures come first. */
const PACE_MS = 200;
/** Longer than both requests of a block may take. */
const LEASE_SECONDS = 120;
const LONGEST_PAUSE_MS = 60_000;
const PAUSE_MS = 5_000;
/** A block X refuses as it is must not hold the others up. */
const REFUSED_SECONDS = 3_600;

/** Looks stored posts up again, the longest unseen first, for as long as the process lives. */
@Injectable()
export class ComplianceWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stop = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private shownAt = 0;

  constructor(
    private readonly api: XApi,
    private readonly settings: ComplianceSettings,
    private readonly repository: ComplianceRepository,
    private readonly check: BlockCheck,
  ) {}

  onApplicationBootstrap(): void {
    if (this.settings.enabled) this.running = this.loop();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await this.running;
  }

  private async loop(): Promise<void> {
    while (!this.stop.signal.aborted) {
      let pause = PAUSE_MS;
      try {
        pause = await this.round();
      } catch (error) {
        logger.warn(`stored posts could not be looked up: ${messageOf(error)}`);
      }
      await sleep(pause, this.stop.signal);
    }
  }

  /** @returns milliseconds to pause */
  private async round(): Promise<number> {
    const { storedAs } = this.api;
    const more = await this.repository.scan(storedAs, this.settings.everyMs, this.settings.settleMs);
    await this.show();
    const block = await this.repository.claim(storedAs, LEASE_SECONDS);
    if (!block) return more ? 0 : Math.min(IDLE_MS, this.settings.settleMs);
    try {
      await this.check.run(block, this.stop.signal);
      return PACE_MS;
    } catch (error) {
      return await this.failed(block, error);
    }
  }

  private async failed(block: ClaimedBlock, error: unknown): Promise<number> {
    if (!(error instanceof UpstreamError)) {
      await this.repository.postpone(block, PAUSE_MS / 1_000);
      throw error;
    }
    const refused = error.reaction === 'fail' || error.reason === 'malformed-answer';
    await this.repository.postpone(block, refused ? REFUSED_SECONDS : 0);
    if (this.stop.signal.aborted) return 0;
    logger.warn(`stored posts could not be looked up: ${error.message}`, { labels: { reason: error.reason } });
    if (refused) return PACE_MS;
    const wait = (error.details.until?.getTime() ?? 0) - Date.now();
    return Math.min(Math.max(wait, PAUSE_MS), LONGEST_PAUSE_MS);
  }

  private async show(): Promise<void> {
    if (Date.now() - this.shownAt < IDLE_MS) return;
    this.shownAt = Date.now();
    oldestCheckAge.set({ source: this.api.storedAs }, await this.repository.oldestAge(this.api.storedAs));
  }
}
