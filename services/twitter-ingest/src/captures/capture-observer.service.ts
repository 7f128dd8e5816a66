import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { CAPTURE_SOURCES, captureStateSchema, type CaptureSource } from '#libs/contracts';
import { messageOf, sleep } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import { CaptureDrivers } from './capture-drivers.js';
import { CaptureRepository } from './capture.repository.js';
import { captureLag, captureOverdue, captureParts } from './capture.metrics.js';
import { overdueOf, seenUpToOf } from './capture-view.domain.js';

const logger = createLogger('CaptureObserver');

const LOOK_MS = 5_000;

/** Keeps the metrics about all captures up to date. Every process shows the same figures: take the maximum, not the sum. */
@Injectable()
export class CaptureObserver implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stop = new AbortController();
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly captures: CaptureRepository,
    private readonly drivers: CaptureDrivers,
  ) {}

  onApplicationBootstrap(): void {
    this.loop = this.keepLooking();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await this.loop;
  }

  async look(): Promise<void> {
    const counts = await this.captures.countParts();
    const streams = await this.captures.streams(this.drivers.streams.map((stream) => stream.key));
    const lags = new Map<CaptureSource, number>();
    const overdue = new Map<CaptureSource, number>();
    for (const part of await this.captures.followedParts()) {
      const stream = this.drivers.streamOf(part, part);
      const seen = seenUpToOf(part, stream && streams.get(stream.key));
      if (seen === null) continue;
      const lag = Math.max(0, (part.now.getTime() - seen.getTime()) / 1_000);
      lags.set(part.source, Math.max(lags.get(part.source) ?? 0, lag));
      overdue.set(part.source, Math.max(overdue.get(part.source) ?? 0, overdueOf(lag, part.everySeconds)));
    }
    for (const source of CAPTURE_SOURCES) {
      captureLag.set({ source }, lags.get(source) ?? 0);
      captureOverdue.set({ source }, overdue.get(source) ?? 0);
      for (const state of captureStateSchema.options) {
        captureParts.set({ source, state }, counts.get(`${source} ${state}`) ?? 0);
      }
    }
  }

  private async keepLooking(): Promise<void> {
    while (!this.stop.signal.aborted) {
      try {
        await this.look();
      } catch (error) {
        logger.warn(`captures could not be counted: ${messageOf(error)}`);
      }
      await sleep(LOOK_MS, this.stop.signal);
    }
  }
}
