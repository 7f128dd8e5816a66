import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { faultIsOn } from '#libs/faults';
import { messageOf, sleep } from '#libs/kernel';
import { contextFromHeaders, createLogger, runInContext } from '#libs/observability';
import { ingestConfigSchema } from '../twitter-ingest.config.js';
import { CaptureDrivers } from './capture-drivers.js';
import { CapturePartRepository } from './capture-part.repository.js';
import { CaptureStepRunner } from './capture-step.runner.js';
import type { ClaimedPart } from './capture.types.js';

const logger = createLogger('CaptureWorker');

/** How often a worker looks for steps nobody told it about. */
const POLL_MS = 500;

/** A step that runs when the process is to end may take so long to end by itself: its answer may have cost money. */
const FINISH_MS = 2_000;

/** Takes the steps that are due, a few at a time, for as long as the process lives. */
@Injectable()
export class CaptureWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly config = loadConfig(ingestConfigSchema);
  private readonly running = new Map<ClaimedPart, { stop: AbortController; ended: Promise<void> }>();
  private loops: Promise<unknown> = Promise.resolve();
  private wake = new AbortController();
  private readonly stop = new AbortController();

  constructor(
    private readonly drivers: CaptureDrivers,
    private readonly parts: CapturePartRepository,
    private readonly runner: CaptureStepRunner,
  ) {}

  onApplicationBootstrap(): void {
    this.loops = Promise.all([this.claimSteps(), this.keepLeases()]);
  }

  /** Lets the steps under way end, or gives them back, so that another process goes on at once. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    this.poke();
    const ended = Promise.all([...this.running.values()].map((step) => step.ended));
    await Promise.race([ended, sleep(FINISH_MS)]);
    for (const step of this.running.values()) step.stop.abort();
    await Promise.all([this.loops, ...[...this.running.values()].map((step) => step.ended)]);
  }

  /** There is something to do: look now instead of at the next poll. */
  poke(): void {
    this.wake.abort();
  }

  private async claimSteps(): Promise<void> {
    await this.wakeHalted();
    while (!this.stop.signal.aborted) {
      this.wake = new AbortController();
      const { signal } = this.wake;
      const free = this.config.MIRANTE_CAPTURE_CONCURRENCY - this.running.size;
      for (const claim of await this.claim(free)) this.begin(claim);
      await sleep(POLL_MS, signal);
    }
  }

  private async wakeHalted(): Promise<void> {
    try {
      await this.parts.wakeHalted(this.drivers.sources.map(({ source }) => source));
    } catch (error) {
      logger.warn(`captures whose credential was refused wait for their next probe: ${messageOf(error)}`);
    }
  }

  private async claim(limit: number): Promise<ClaimedPart[]> {
    if (faultIsOn('ingest-stalled')) return [];
    try {
      return await this.parts.claim(this.drivers.sources, limit, this.config.MIRANTE_CAPTURE_LEASE_SECONDS);
    } catch (error) {
      logger.warn(`no step could be claimed: ${messageOf(error)}`);
      return [];
    }
  }

  /** Works in the trace of the request that asked for the capture. */
  private begin(claim: ClaimedPart): void {
    const context = contextFromHeaders({ traceparent: claim.traceparent, 'x-request-id': claim.requestId });
    const stop = new AbortController();
    const ended = runInContext(context, () => this.runner.run(claim, stop.signal)).finally(() => {
      this.running.delete(claim);
      this.poke();
    });
    this.running.set(claim, { stop, ended });
  }

  /** A step whose lease is lost is fenced off; it is stopped as well, to spare the source. */
  private async keepLeases(): Promise<void> {
    const leaseSeconds = this.config.MIRANTE_CAPTURE_LEASE_SECONDS;
    while (!this.stop.signal.aborted) {
      await sleep(Math.min(1_000, (leaseSeconds * 1_000) / 3), this.stop.signal);
      try {
        const lost = await this.parts.renewLeases([...this.running.keys()], leaseSeconds);
        for (const claim of lost) this.running.get(claim)?.stop.abort();
      } catch (error) {
        logger.warn(`leases of captures not renewed: ${messageOf(error)}`);
      }
    }
  }
}
