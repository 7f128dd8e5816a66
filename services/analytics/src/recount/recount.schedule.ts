import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { sleep } from '#libs/kernel';
import { createLogger, newContext, runInContext } from '#libs/observability';
import type { AnalyticsConfig } from '../analytics.config.js';
import { RecountService } from './recount.service.js';

const log = createLogger('RecountSchedule');

export const ANALYTICS_CONFIG = Symbol('analytics config');

/** Milliseconds from `now` to the next full `hour` UTC, never 0. */
export function untilHour(hour: number, now: number): number {
  const date = new Date(now);
  const today = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), hour);
  return today > now ? today - now : today + 86_400_000 - now;
}

/** Runs the recount once a day. */
@Injectable()
export class RecountSchedule implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    @Inject(ANALYTICS_CONFIG) private readonly config: AnalyticsConfig,
    private readonly recounts: RecountService,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.loop();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async loop(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await sleep(untilHour(this.config.MIRANTE_ANALYTICS_RECOUNT_HOUR, Date.now()), signal);
      if (signal.aborted) return;
      await runInContext(newContext(), () => this.runOnce());
    }
  }

  private async runOnce(): Promise<void> {
    try {
      await this.recounts.recount(this.config.MIRANTE_ANALYTICS_RECOUNT_SAMPLES);
    } catch (error) {
      log.error('the recount failed', { event: { action: 'rollup-recount', outcome: 'failure' } }, error);
    }
  }
}
