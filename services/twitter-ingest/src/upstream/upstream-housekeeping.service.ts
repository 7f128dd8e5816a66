import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import type { Source } from '#libs/contracts';
import { messageOf } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import { BudgetLedger } from './budget-ledger.service.js';
import { MICRO } from './prices.domain.js';
import { SourceHalts, type Halt } from './source-halts.service.js';
import { upstreamConfigSchema } from './upstream.config.js';
import { budgetLimit, budgetSpent, upstreamPaused } from './upstream.metrics.js';

const logger = createLogger('UpstreamHousekeeping');
const GAUGES_MS = 10_000;
const TIDY_MS = 600_000;
const PAID_SOURCES: readonly Source[] = ['x', 'x-simulator'];
const FORGET_HALTS_DAYS = 30;

/** Keeps the gauges about money and halts true, and removes what no longer counts. */
@Injectable()
export class UpstreamHousekeeping implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly config = loadConfig(upstreamConfigSchema);
  private timers: NodeJS.Timeout[] = [];
  private running: Promise<void> = Promise.resolve();
  private shown: Halt[] = [];

  constructor(
    private readonly ledger: BudgetLedger,
    private readonly halts: SourceHalts,
  ) {}

  onApplicationBootstrap(): void {
    const every = (ms: number, work: () => Promise<void>) => {
      const run = () => void (this.running = this.running.then(() => this.quietly(work)));
      run();
      const timer = setInterval(run, ms);
      timer.unref();
      this.timers.push(timer);
    };
    every(GAUGES_MS, () => this.show());
    every(TIDY_MS, () => this.tidy());
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.running;
  }

  async show(): Promise<void> {
    for (const source of PAID_SOURCES) {
      budgetSpent.set({ source }, (await this.ledger.spentToday(source)) / MICRO);
      budgetLimit.set({ source }, this.config.MIRANTE_X_DAILY_BUDGET_USD / MICRO);
    }
    const halts = await this.halts.list();
    for (const { source, reason } of this.shown) upstreamPaused.remove({ source, reason });
    for (const { source, reason } of halts) upstreamPaused.set({ source, reason }, 1);
    this.shown = halts;
  }

  private async tidy(): Promise<void> {
    await this.ledger.tidy();
    await this.halts.forgetOlderThan(FORGET_HALTS_DAYS);
  }

  private async quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      logger.warn(`figures about upstream sources could not be brought up to date: ${messageOf(error)}`);
    }
  }
}
