import { Inject, Injectable } from '@nestjs/common';
import { visitorSummary, type VisitorSummary } from '#libs/contracts';
import { RpcClient } from '#libs/messaging';
import { VISITS_CONFIG, type VisitsConfig } from './visits.config.js';

/** Figures this young are shown as they are. */
const FRESH_MS = 400;

/** Figures older than this are not shown at all: better none than wrong ones. */
const STALE_MS = 15_000;

/** A page waits for figures no longer than this; they are there for the next one. */
const PATIENCE_MS = 250;

/** Longest wait for the service. Shorter than its contract says: nobody needs figures that late. */
const ANSWER_MS = 2_000;

/** The figures of our own pages, shared by everything that shows them. */
@Injectable()
export class VisitorFigures {
  private known: { at: number; summary: VisitorSummary } | undefined;
  private asking: Promise<void> | undefined;
  private lastFailed = false;

  constructor(
    private readonly rpc: RpcClient,
    @Inject(VISITS_CONFIG) private readonly config: VisitsConfig,
  ) {}

  /** Answers within a quarter of a second, also when nothing else answers. @returns null when there are no figures */
  async read(): Promise<VisitorSummary | null> {
    const age = Date.now() - (this.known?.at ?? 0);
    if (age < FRESH_MS) return this.known!.summary;
    const asked = this.ask();
    // Whoever comes while the service is away gets what there is, at once.
    if (!this.lastFailed && age > 2 * FRESH_MS && !(await within(asked, PATIENCE_MS))) this.lastFailed = true;
    return this.latest();
  }

  /** Waits for new figures. @returns null when there are none */
  async fetch(): Promise<VisitorSummary | null> {
    await this.ask();
    return this.latest();
  }

  private latest(): VisitorSummary | null {
    return this.known && Date.now() - this.known.at < STALE_MS ? this.known.summary : null;
  }

  private ask(): Promise<void> {
    this.asking ??= this.askOnce().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async askOnce(): Promise<void> {
    try {
      const site = this.config.MIRANTE_VISITS_OWN_SITE;
      const summary = await this.rpc.call(visitorSummary, { site }, { timeoutMs: ANSWER_MS });
      this.known = { at: Date.now(), summary };
      this.lastFailed = false;
    } catch {
      // The call itself is measured and logged; whoever asks sees that there are no figures.
      this.lastFailed = true;
    }
  }
}

/** @returns whether the work was done in time */
async function within(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const outOfTime = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  const isDone = await Promise.race([work.then(() => true), outOfTime]);
  clearTimeout(timer);
  return isDone;
}
