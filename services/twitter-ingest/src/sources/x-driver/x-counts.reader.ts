import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import { BudgetLedger, UpstreamGate, X_PRICES, type Billed, type Reservation } from '../../upstream/index.js';
import { XApi, type XCounts } from '../x/index.js';
import { tagQuery } from './tag-query.js';
import { XDriverSettings } from './x-driver.settings.js';

const HOUR_MS = 3_600_000;
/** The archive counts 31 days per page; ten years are enough. */
const MOST_PAGES = 120;

export interface CountRange {
  from: number;
  to: number;
  archive: boolean;
}

export interface CountPayer {
  partId: number;
  budgetMicroUsd: number | null;
  key: string;
}

export interface Counted {
  buckets: { start: Date; end: Date; count: number }[];
  /** Each page is a request. */
  requests: number;
  /** Counts what was paid, in the transaction given or in one of its own. @returns millionths of a dollar */
  settle(tx?: SqlExecutor): Promise<number>;
}

/** How many posts X counts for a tag: asked before a capture for its price, after it to see whether it is complete. */
@Injectable()
export class XCountsReader {
  constructor(
    private readonly api: XApi,
    private readonly gate: UpstreamGate,
    private readonly ledger: BudgetLedger,
    private readonly settings: XDriverSettings,
  ) {}

  async read(tag: string, range: CountRange, payer: CountPayer, stop: AbortSignal): Promise<Counted> {
    const { archive } = range;
    const query = tagQuery(tag, archive ? 'archive' : 'recent');
    const endpoint = archive ? 'counts-archive' : 'counts-recent';
    const access = { source: this.api.storedAs, credential: this.settings.credential, endpoint } as const;
    const ask = {
      granularity: range.to - range.from > 31 * 24 * HOUR_MS ? ('day' as const) : ('hour' as const),
      startTime: new Date(Math.floor(range.from / 1_000) * 1_000),
      endTime: new Date(Math.floor(range.to / 1_000) * 1_000),
      archive,
    };
    const price = archive ? X_PRICES.countsArchive : X_PRICES.countsRecent;
    const money = { request: ask, pages: { min: 0, max: 0 }, perPost: 1, perRequest: price };
    const bills: { reservation: Reservation; billed: Billed }[] = [];
    const buckets: Counted['buckets'] = [];
    let nextToken: string | null = null;
    do {
      const token: string | null = nextToken;
      const page: { answer: XCounts; reservation: Reservation } = await this.gate.paid(
        access,
        { ...payer, ...money, key: `${payer.key}-${bills.length}` },
        () => this.api.counts(query, { ...ask, ...(token !== null && { nextToken: token }) }, stop),
        stop,
      );
      bills.push({ reservation: page.reservation, billed: page.answer.billed });
      buckets.push(...page.answer.buckets);
      nextToken = page.answer.nextToken;
    } while (nextToken !== null && bills.length < MOST_PAGES);
    return { buckets, requests: bills.length, settle: (tx) => this.settle(bills, tx) };
  }

  private async settle(bills: readonly { reservation: Reservation; billed: Billed }[], tx?: SqlExecutor) {
    let microUsd = 0;
    for (const { reservation, billed } of bills) {
      const spent = tx
        ? await this.ledger.settle(tx, reservation, billed)
        : await this.ledger.settleAlone(reservation, billed);
      microUsd += spent.microUsd;
    }
    return microUsd;
  }
}
