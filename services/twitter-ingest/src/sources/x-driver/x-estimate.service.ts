import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CaptureEstimate } from '#libs/contracts';
import { messageOf, systemClock } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import type { CaptureAsk } from '../../captures/source-driver.js';
import { UpstreamError } from '../../captures/upstream.errors.js';
import { MICRO, NO_PART, X_PRICES } from '../../upstream/index.js';
import { XApi } from '../x/index.js';
import { XCountsReader } from './x-counts.reader.js';
import { XDriverSettings } from './x-driver.settings.js';
import { RECENT_MS } from './x-round.domain.js';

const logger = createLogger('XEstimate');
const TIMEOUT_MS = 8_000;
const DAY_MS = 86_400_000;
const UNKNOWN = { posts: null, worst_case_usd: null, per_day_usd: null };

/** Tells before a capture starts what it may cost, from X's own counts. */
@Injectable()
export class XEstimate {
  constructor(
    private readonly api: XApi,
    private readonly counts: XCountsReader,
    private readonly settings: XDriverSettings,
  ) {}

  async of(ask: CaptureAsk): Promise<CaptureEstimate> {
    const stop = AbortSignal.timeout(TIMEOUT_MS);
    try {
      return await this.count(ask, stop);
    } catch (error) {
      if (stop.aborted) return { ...UNKNOWN, note: 'X did not count the posts in time, so the price is unknown' };
      if (error instanceof UpstreamError) {
        return { ...UNKNOWN, note: `X cannot count the posts now, so the price is unknown: ${error.message}` };
      }
      logger.warn(`no estimate: ${messageOf(error)}`);
      return { ...UNKNOWN, note: 'the price could not be worked out' };
    }
  }

  private async count(ask: CaptureAsk, stop: AbortSignal): Promise<CaptureEstimate> {
    const now = systemClock.now();
    const reach = now - RECENT_MS + 60_000;
    const wanted = ask.from?.getTime() ?? reach;
    const archive = wanted < reach && this.settings.fullArchive;
    const from = archive ? wanted : Math.max(wanted, reach);
    const to = now - 15_000;
    const payer = { partId: NO_PART, budgetMicroUsd: null, key: randomUUID() };
    const since = Math.min(from, now - DAY_MS);
    const { buckets, settle } = await this.counts.read(ask.tag, { from: since, to, archive }, payer, stop);
    await settle();
    const posts = sum(buckets.filter(({ end }) => end.getTime() > from));
    const lastDay = sum(buckets.filter(({ end }) => end.getTime() > now - DAY_MS));
    const notes = [
      'worst case: each post with its author and the posts it refers to at the full price, nothing read before on the same day',
      ...(wanted < reach && !archive ? ['posts older than 7 days are not captured: full archive search is off'] : []),
      ...(this.api.storedAs === 'x-simulator' ? ['simulated: nothing is charged'] : []),
    ];
    return {
      posts,
      worst_case_usd: (posts * this.settings.perPost + X_PRICES.countsRecent) / MICRO,
      per_day_usd: ask.mode === 'follow' ? (lastDay * this.settings.perPost) / MICRO : null,
      note: notes.join('; '),
    };
  }
}

function sum(buckets: readonly { count: number }[]): number {
  return buckets.reduce((total, { count }) => total + count, 0);
}
