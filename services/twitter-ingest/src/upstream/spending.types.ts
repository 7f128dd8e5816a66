import type { Source } from '#libs/contracts';
import type { PageRange } from './prices.domain.js';

/** Pays for what no capture asked for: estimates, posts that other users' rules bring. */
export const NO_PART = 0;

/** Whose money it is. */
export interface Payer {
  source: Source;
  /** {@link NO_PART} when no capture pays. */
  partId: number;
  /** Most the capture may cost in its life; null for no limit of its own. */
  budgetMicroUsd: number | null;
}

/** A request that is about to be sent. */
export interface SpendAsk extends Payer {
  /** Names the page within the part: the same again when the page is repeated after a crash. At most 64 characters. */
  key: string;
  /** Kept with the reservation and given back when the page is repeated, so that it is asked for word for word. */
  request: object;
  /** Whether a request of an earlier try can still be sent; else its money counts as spent. Always, when left out. */
  isRepeatable?(request: Record<string, unknown>): boolean;
  /** Page sizes that may be chosen from, and what each post may cost. */
  pages: PageRange;
  perPost: number;
  /** Millionths of a dollar for the request itself. Such a request is billed again when it is repeated. */
  perRequest: number;
}

/** Money put aside for one request. */
export interface Reservation {
  id: string;
  /** UTC day, `2026-11-20`. */
  day: string;
  payer: Payer;
  key: string;
  microUsd: number;
  /** How many posts the request may ask for. */
  pageSize: number;
  request: Record<string, unknown>;
  /** Nobody knows what became of an earlier try of this request, so it may have been billed already. */
  repeated: boolean;
  /** See {@link SpendAsk.perRequest}. */
  perRequest: number;
}

/** What an answer is billed for. */
export interface Billed {
  postIds: readonly string[];
  userIds: readonly string[];
  requestsMicroUsd: number;
}

/** What was spent, and how much of it was new on that day. */
export interface Spent {
  microUsd: number;
  posts: number;
  users: number;
}
