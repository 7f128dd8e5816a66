import type { MappedPosts } from '../../formats/index.js';

/** What X says about the limit of an endpoint. */
export interface XRate {
  limit: number;
  remaining: number;
  resetAt: Date;
}

/** What X charges for: every post and user by its id, once a day, and some requests as such. */
export interface XBilled {
  /** Posts in `data` and beside it, each once. */
  postIds: string[];
  /** Users beside the data, each once. Whether X charges for them is an open question; the budget assumes it. */
  userIds: string[];
  /** Millionths of a dollar for the request itself. */
  requestsMicroUsd: number;
}

/** An error about one thing inside an answer that is otherwise good. */
export interface XPartialError {
  /** The last segment of X's problem type, e.g. 'resource-not-found'; 'unknown' when there is none. */
  type: string;
  id?: string;
  detail: string;
}

export interface XPage {
  /** Posts, authors and deletions, under source x or x-simulator. */
  mapped: MappedPosts;
  newestId: string | null;
  oldestId: string | null;
  /** Absent only on the last page: nothing else says that a search is complete. */
  nextToken: string | null;
  /** What X says it found on this page; may be more than the usable posts. */
  resultCount: number;
  rate: XRate | null;
  billed: XBilled;
  partialErrors: XPartialError[];
  /** Requests that were sent for this answer. */
  requests: number;
}

export interface XSearch {
  query: string;
  /** 10 to 100, in the full archive to 500. */
  maxResults: number;
  sinceId?: string;
  untilId?: string;
  startTime?: Date;
  endTime?: Date;
  nextToken?: string;
  /** Ask the full archive instead of the last 7 days. */
  archive?: boolean;
}

export interface XCountsAsk {
  granularity: 'minute' | 'hour' | 'day';
  startTime?: Date;
  endTime?: Date;
  archive?: boolean;
  nextToken?: string;
}

/** One page of counts; only the archive has more than one (31 days each). */
export interface XCounts {
  /** Sum of this page. */
  total: number;
  buckets: { start: Date; end: Date; count: number }[];
  nextToken: string | null;
  rate: XRate | null;
  billed: XBilled;
}

/**
 * Why a post that was asked for is not shown. `unexplained`: X neither gave it nor said why, which proves nothing;
 * `other`: X said something this code does not know.
 */
export type XMissingReason = 'not-found' | 'not-authorized' | 'suspended' | 'withheld' | 'unexplained' | 'other';

export interface XLookup extends XPage {
  missing: { id: string; reason: XMissingReason }[];
  /** Posts X shows but marks as withheld: everywhere (`countries` empty) or in some countries. */
  withheld: { id: string; countries: string[] }[];
}

/** Whether posts are still there: the cheapest look at them. */
export interface XCheck {
  /** `latestId` is another one when the post has been edited since; `hasPlace` tells whether it (still) names a place. */
  found: { id: string; latestId: string; hasPlace: boolean }[];
  missing: { id: string; reason: XMissingReason }[];
  withheld: { id: string; countries: string[] }[];
  rate: XRate | null;
  billed: XBilled;
  requests: number;
}

export interface XRule {
  id: string;
  value: string;
  tag: string | null;
}

export interface XRuleChange {
  add?: readonly { value: string; tag: string }[];
  /** Ids of rules. */
  delete?: readonly string[];
}

export interface XRuleResult {
  added: XRule[];
  deleted: number;
  /** Rules X did not take, e.g. duplicates. */
  errors: XPartialError[];
}

export interface XUsage {
  /** Posts that may be read until the cap is reset. */
  cap: number;
  used: number;
  /** Day of the month on which the cap is reset. */
  capResetDay: number;
  capResetAt: Date;
}

/** What comes over the stream, in the order of its lines; X repeats and reorders posts. */
export type XStreamItem =
  | { type: 'keep-alive' }
  | { type: 'record'; mapped: MappedPosts; ruleTags: string[]; billed: XBilled }
  | { type: 'notice'; notice: string; detail: string }
  | { type: 'malformed'; reason: string };
