import { Injectable } from '@nestjs/common';
import type { Source } from '#libs/contracts';
import type { XCounts, XCountsAsk, XLookup, XPage, XRule, XRuleChange, XRuleResult, XSearch, XStreamItem, XUsage } from './x-api.types.js'; // prettier-ignore

/** The X API v2, one request a call. Every failure is an `UpstreamError` that says what to do about it. */
@Injectable()
export class XApi {
  /** The source its posts are stored under: the simulator never passes for X. */
  readonly storedAs: Source = 'x';

  /** Whether there is anything to ask: a token, or a simulator. */
  readonly configured: boolean = false;

  search(_search: XSearch, _signal: AbortSignal): Promise<XPage> {
    throw new Error('not here yet');
  }

  counts(_query: string, _ask: XCountsAsk, _signal: AbortSignal): Promise<XCounts> {
    throw new Error('not here yet');
  }

  lookup(_ids: readonly string[], _signal: AbortSignal): Promise<XLookup> {
    throw new Error('not here yet');
  }

  rules(_signal: AbortSignal): Promise<XRule[]> {
    throw new Error('not here yet');
  }

  changeRules(_change: XRuleChange, _signal: AbortSignal): Promise<XRuleResult> {
    throw new Error('not here yet');
  }

  usage(_signal: AbortSignal): Promise<XUsage> {
    throw new Error('not here yet');
  }

  /** One connection: ends when X ends it, throws UpstreamError when it breaks, is silent for 30 s or is refused. */
  stream(_signal: AbortSignal): Promise<AsyncIterable<XStreamItem>> {
    throw new Error('not here yet');
  }
}
