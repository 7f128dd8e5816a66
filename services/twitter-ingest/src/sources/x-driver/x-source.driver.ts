import { Injectable } from '@nestjs/common';
import type { CaptureEstimate, Source } from '#libs/contracts';
import { systemClock } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import type { CaptureAsk, CapturePart, SourceDriver, StepResult } from '../../captures/source-driver.js';
import { UpstreamError } from '../../captures/upstream.errors.js';
import { BudgetLedger, PageSizeRepository, UpstreamGate, type Reservation } from '../../upstream/index.js';
import { XApi, type XSearch } from '../x/index.js';
import { isShort } from './completeness.domain.js';
import { tagQuery } from './tag-query.js';
import { XCountsReader } from './x-counts.reader.js';
import { searchedPages, searchShortfall } from './x-driver.metrics.js';
import { XDriverSettings } from './x-driver.settings.js';
import { XEstimate } from './x-estimate.service.js';
import { advance, afterPage, begin, inReach, planRound, readCheckpoint, schedule, type Plan, type Round, type XCheckpoint } from './x-round.domain.js'; // prettier-ignore

const logger = createLogger('XSource');

/** Smallest page X gives. */
const MIN_PAGE = 10;
const MAX_ARCHIVE_PAGE = 500;
const ARCHIVE_FACTOR = 5;

/**
 * Captures a tag from X by searches: first what was there, then, for a capture that follows, what is new, poll by poll.
 * Every step is one request; its checkpoint is stored with its posts, so a step that is repeated asks the same again.
 */
@Injectable()
export class XSourceDriver implements SourceDriver {
  readonly source = 'x';

  constructor(
    private readonly api: XApi,
    private readonly gate: UpstreamGate,
    private readonly ledger: BudgetLedger,
    private readonly pageSizes: PageSizeRepository,
    private readonly counts: XCountsReader,
    private readonly estimates: XEstimate,
    private readonly settings: XDriverSettings,
  ) {}

  get storedAs(): Source {
    return this.api.storedAs;
  }

  targets(): readonly string[] {
    return [''];
  }

  estimate(ask: CaptureAsk): Promise<CaptureEstimate> {
    return this.estimates.of(ask);
  }

  async step(part: CapturePart, stop: AbortSignal): Promise<StepResult> {
    const before = readCheckpoint(part.checkpoint);
    if (before.verify) return this.verify(part, before, before.verify, stop);
    const state = begin(before, part.pokes);
    const plan = planRound(part, state, systemClock.now(), this.settings.fullArchive);
    return plan ? this.readPage(part, state, plan, stop) : this.nothingYet(part, state);
  }

  private async readPage(part: CapturePart, state: XCheckpoint, plan: Plan, stop: AbortSignal): Promise<StepResult> {
    const size = await this.pageSizes.of(part.partId);
    const { archive } = plan.round.window;
    const largest = archive ? Math.min(MAX_ARCHIVE_PAGE, size.size * ARCHIVE_FACTOR) : size.size;
    const access = {
      source: this.storedAs,
      credential: this.settings.credential,
      endpoint: archive ? 'search-archive' : 'search-recent',
    } as const;
    const money = {
      partId: part.partId,
      budgetMicroUsd: part.budgetMicroUsd,
      key: `page-${state.pages}`,
      request: { round: plan.round },
      isRepeatable: (request: Record<string, unknown>) => inReach(request.round as Round, systemClock.now()),
      pages: { min: MIN_PAGE, max: largest },
      perPost: this.settings.perPost,
      perRequest: 0,
    };
    try {
      const { answer, reservation } = await this.gate.paid(
        access,
        money,
        (reserved) => this.api.search(searchOf(part.tag, roundOf(reserved), reserved.pageSize), stop),
        stop,
      );
      await this.pageSizes.succeeded(part.partId, size);
      searchedPages.inc({ source: this.storedAs, size: String(size.size) });
      const round = roundOf(reservation);
      const step = advance(round, answer);
      const gaps = [...plan.gaps, ...step.gaps];
      const next = afterPage(state, step, state.seenUpTo === null);
      const { mapped } = answer;
      return {
        posts: mapped.posts,
        deletions: mapped.deletions,
        errors: mapped.errors,
        gaps,
        requests: answer.requests,
        ...this.outcome(part, next),
        settle: async (tx) => (await this.ledger.settle(tx, reservation, answer.billed)).microUsd,
      };
    } catch (error) {
      if (error instanceof UpstreamError && error.details.status === 503) {
        await this.pageSizes.failed(part.partId, size);
      }
      throw error;
    }
  }

  /** Compares a search that is complete with what X counts. Counts know nothing of hidden posts, so they may be higher. */
  private async verify(
    part: CapturePart,
    state: XCheckpoint,
    range: NonNullable<XCheckpoint['verify']>,
    stop: AbortSignal,
  ): Promise<StepResult> {
    const next = { ...state, verify: null };
    const result = {
      posts: [],
      deletions: [],
      errors: [],
      gaps: [],
      requests: 0,
      ...this.outcome(part, next),
    };
    try {
      const payer = { partId: part.partId, budgetMicroUsd: part.budgetMicroUsd, key: `count-${state.pages}` };
      const { buckets, requests, settle } = await this.counts.read(part.tag, range, payer, stop);
      const counted = buckets.reduce((sum, { count }) => sum + count, 0);
      if (isShort(counted, range.found)) {
        searchShortfall.inc({ source: this.storedAs }, counted - range.found);
        logger.warn('a complete search gave fewer posts than X counts', {
          event: { action: 'capture-verify', outcome: 'failure' },
          labels: { capture_id: part.captureId, counted: String(counted), found: String(range.found) },
        });
      }
      return { ...result, requests, settle };
    } catch (error) {
      // The comparison is a service: neither money nor a refusal of the counts alone ends a capture for it.
      if (error instanceof UpstreamError && MAY_SKIP.has(error.reason)) {
        logger.info(`a complete search is not compared with X's counts: ${error.message}`);
        return { ...result, requests: error.details.requests ?? 0 };
      }
      throw error;
    }
  }

  /** The wanted time has only just begun. */
  private nothingYet(part: CapturePart, state: XCheckpoint): StepResult {
    const seenUpTo = state.seenUpTo ?? part.from?.getTime() ?? part.createdAt.getTime();
    const next: XCheckpoint = { ...state, seenUpTo, pages: state.pages + 1 };
    return { posts: [], deletions: [], errors: [], gaps: [], requests: 0, ...this.outcome(part, next) };
  }

  private outcome(
    part: CapturePart,
    next: XCheckpoint,
  ): Pick<StepResult, 'checkpoint' | 'phase' | 'nextAfterMs' | 'seenUpTo'> {
    const seenUpTo = next.seenUpTo === null ? null : new Date(next.seenUpTo);
    if (next.round !== null) return { checkpoint: next, phase: part.phase, nextAfterMs: 0, seenUpTo };
    if (next.verify !== null) {
      return { checkpoint: next, phase: part.mode === 'once' ? 'backfill' : 'follow', nextAfterMs: 0, seenUpTo };
    }
    if (part.mode === 'once') return { checkpoint: next, phase: 'done', nextAfterMs: 0, seenUpTo };
    const { state, nextAfterMs } = schedule(next, this.settings.everyMs(part));
    return { checkpoint: state, phase: 'follow', nextAfterMs, seenUpTo };
  }
}

const MAY_SKIP: ReadonlySet<string> = new Set(['budget', 'daily-budget', 'rejected-request']);

/** The page that was planned when the money was put aside: after a crash that of the process that did it. */
function roundOf(reservation: Reservation): Round {
  return reservation.request.round as Round;
}

function searchOf(tag: string, { window, nextToken }: Round, maxResults: number): XSearch {
  return {
    query: tagQuery(tag, window.archive ? 'archive' : 'recent'),
    maxResults,
    endTime: new Date(window.endTime),
    ...(window.archive && { archive: true }),
    ...(window.sinceId !== null && { sinceId: window.sinceId }),
    ...(window.untilId !== null && { untilId: window.untilId }),
    ...(window.startTime !== null && { startTime: new Date(window.startTime) }),
    ...(nextToken !== null && { nextToken }),
  };
}
