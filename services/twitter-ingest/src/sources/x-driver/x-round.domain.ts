import { z } from 'zod';
import type { CapturePart, FoundGap } from '../../captures/source-driver.js';
import { idBefore, msOfId, newerId } from './snowflake.domain.js';

const DAY_MS = 86_400_000;
/** Recent search knows the last 7 days. */
export const RECENT_MS = 7 * DAY_MS;
/** Room for a search to be read to its end before its oldest posts leave those 7 days. */
const MARGIN_MS = 5 * 60_000;
/** How much before the end of those 7 days a question must begin for X to take it. */
const FLOOR_SLACK_MS = 5_000;
/** Ids are only roughly in the order of time and posts are found late: each poll reads this much again. */
export const OVERLAP_MS = 60_000;
/** X wants the end of a search at least 10 s in the past; the rest is for clocks that differ. */
const LAG_MS = 15_000;
/** Pages in a row that bring nothing new before the search is begun again below what was seen. */
const STALLED_PAGES = 2;
/** X drops hidden posts after it has cut the pages, so single pages may be empty. */
const EMPTY_PAGES = 10;
const RESTARTS = 2;

export const GAP_REASONS = {
  tooOld: 'older than the 7 days of recent search',
  stalled: 'the source repeated the same page',
} as const;

const windowSchema = z.object({
  sinceId: z.string().nullable(),
  untilId: z.string().nullable(),
  startTime: z.number().nullable(),
  endTime: z.number(),
  archive: z.boolean(),
});
/** The question of a search: the same through all its pages, because a token belongs to its question. */
export type Window = z.infer<typeof windowSchema>;

const roundSchema = z.object({
  window: windowSchema,
  nextToken: z.string().nullable(),
  /** Newest id of the first page. */
  newestId: z.string().nullable(),
  oldestId: z.string().nullable(),
  found: z.number(),
  stalled: z.number(),
  restarts: z.number(),
  first: z.boolean(),
});
/** A search that is being read page by page. */
export type Round = z.infer<typeof roundSchema>;

const checkpointSchema = z.object({
  /** Pages stored so far: names the next page, the same again after a crash. */
  pages: z.number(),
  round: roundSchema.nullable(),
  /** Newest post of all. */
  newestId: z.string().nullable(),
  /** Up to when everything has been read; null until the first search is complete. */
  seenUpTo: z.number().nullable(),
  /** How often a poll had been asked for out of turn when the last one began. */
  pokes: z.number(),
  /** Another poll is to follow soon: it reads the last moments that cannot be searched yet. */
  recheck: z.boolean(),
  /** A search whose result is to be compared with what X counts. */
  verify: z.object({ from: z.number(), to: z.number(), archive: z.boolean(), found: z.number() }).nullable(),
});
export type XCheckpoint = z.infer<typeof checkpointSchema>;

const FRESH: XCheckpoint = {
  pages: 0,
  round: null,
  newestId: null,
  seenUpTo: null,
  pokes: 0,
  recheck: false,
  verify: null,
};

export function readCheckpoint(value: unknown): XCheckpoint {
  return value === null ? FRESH : checkpointSchema.parse(value);
}

/** What a step begins with: the search to read on, and what can no longer be read. */
export interface Plan {
  round: Round;
  gaps: FoundGap[];
}

/** Milliseconds from which on a part wants posts when its owner does not say: what recent search has. */
export function wantedFrom(part: Pick<CapturePart, 'from' | 'createdAt'>): number {
  return part.from?.getTime() ?? part.createdAt.getTime() - RECENT_MS;
}

/** The search to go on with, or to begin. Null when there is nothing to ask for yet. */
export function planRound(part: CapturePart, state: XCheckpoint, now: number, archiveAllowed: boolean): Plan | null {
  if (state.round) return keepInReach(state.round, now);
  const endTime = wholeSecond(now - LAG_MS);
  return state.seenUpTo === null
    ? planBackfill(part, endTime, now, archiveAllowed)
    : planPoll(state.newestId, state.seenUpTo, endTime, now);
}

function planBackfill(part: CapturePart, endTime: number, now: number, archiveAllowed: boolean): Plan | null {
  const wanted = wantedFrom(part);
  const reach = oldestRecent(now);
  const archive = wanted < reach && part.from !== null && archiveAllowed;
  const startTime = wholeSecond(archive ? wanted : Math.max(wanted, reach));
  if (startTime >= endTime) return null;
  const lost = part.from !== null && !archive && wanted < reach;
  const gaps = lost ? [gapOf(wanted, reach, GAP_REASONS.tooOld)] : [];
  return { round: newRound({ sinceId: null, untilId: null, startTime, endTime, archive }), gaps };
}

/**
 * From the newest post on, or from where the last search ended if that is earlier, with an overlap. Where the newest post
 * is too old for recent search to be named, the time of the last search takes its place: a quiet tag makes no gap.
 */
function planPoll(newestId: string | null, seenUpTo: number, endTime: number, now: number): Plan | null {
  const reach = oldestRecent(now);
  const newestAt = newestId === null ? null : msOfId(newestId);
  const from = Math.min(newestAt ?? seenUpTo, seenUpTo) - OVERLAP_MS;
  const base = { untilId: null, endTime, archive: false };
  if (endTime <= seenUpTo - OVERLAP_MS) return null;
  if (newestAt !== null && from >= reach) {
    return { round: newRound({ ...base, sinceId: idBefore(from), startTime: null }), gaps: [] };
  }
  const startTime = wholeSecond(Math.max(seenUpTo - OVERLAP_MS, reach));
  const gaps = seenUpTo < reach ? [gapOf(seenUpTo, reach, GAP_REASONS.tooOld)] : [];
  return { round: newRound({ ...base, sinceId: null, startTime }), gaps };
}

/** A search that took so long that its beginning has left the 7 days goes on below what it has read, from later on. */
function keepInReach(round: Round, now: number): Plan {
  if (inReach(round, now)) return { round, gaps: [] };
  const from = windowStart(round.window);
  const reach = oldestRecent(now);
  const gaps = [gapOf(from, reach, GAP_REASONS.tooOld)];
  return { round: { ...round, nextToken: null, stalled: 0, window: below(round, reach) }, gaps };
}

/** Whether X still takes the question: recent search refuses one that begins before its 7 days. */
export function inReach({ window }: Round, now: number): boolean {
  const from = window.sinceId === null ? window.startTime : msOfId(window.sinceId);
  return window.archive || from === null || from >= now - RECENT_MS + FLOOR_SLACK_MS;
}

/** What came of a page. */
export interface PageFacts {
  newestId: string | null;
  oldestId: string | null;
  nextToken: string | null;
  resultCount: number;
}

export interface Advance {
  round: Round;
  /** The search has been read to its end. */
  complete: boolean;
  gaps: FoundGap[];
}

/** Takes a page in. Complete is what has no further token, and nothing else. */
export function advance(round: Round, page: PageFacts): Advance {
  const isOlder = page.oldestId !== null && (round.oldestId === null || BigInt(page.oldestId) < BigInt(round.oldestId));
  const next: Round = {
    ...round,
    nextToken: page.nextToken,
    newestId: round.first ? page.newestId : round.newestId,
    oldestId: isOlder ? page.oldestId : round.oldestId,
    found: round.found + page.resultCount,
    stalled: isOlder ? 0 : round.stalled + 1,
    first: false,
  };
  if (page.nextToken === null) return { round: next, complete: true, gaps: [] };
  const patience = page.resultCount === 0 ? EMPTY_PAGES : STALLED_PAGES;
  if (next.stalled < patience) return { round: next, complete: false, gaps: [] };
  if (next.oldestId === null || next.restarts >= RESTARTS) {
    const to = (next.oldestId === null ? null : msOfId(next.oldestId)) ?? next.window.endTime;
    const gap = gapOf(windowStart(next.window), to, GAP_REASONS.stalled);
    return { round: next, complete: true, gaps: [gap] };
  }
  const restarted = { ...next, nextToken: null, stalled: 0, restarts: next.restarts + 1, window: below(next, null) };
  return { round: restarted, complete: false, gaps: [] };
}

/** The state after a page. */
export function afterPage(state: XCheckpoint, { round, complete }: Advance, verify: boolean): XCheckpoint {
  const pages = state.pages + 1;
  if (!complete) return { ...state, pages, round };
  const { window, found } = round;
  return {
    pages,
    round: null,
    newestId: newerId(state.newestId, round.newestId),
    seenUpTo: window.endTime,
    pokes: state.pokes,
    recheck: state.recheck,
    verify: verify ? { from: windowStart(window), to: window.endTime, archive: window.archive, found } : null,
  };
}

/** How long after a search its last moments can be searched as well. */
const RECHECK_MS = 2 * LAG_MS;

/**
 * The state a poll begins with. One that was asked for out of turn, because a stream may have missed something, and the very
 * first are followed by another: what was posted in the seconds before them cannot be searched yet.
 */
export function begin(state: XCheckpoint, pokes: number): XCheckpoint {
  if (state.round) return state;
  return { ...state, pokes, recheck: state.seenUpTo === null || pokes !== state.pokes };
}

/** When to poll next. */
export function schedule(state: XCheckpoint, everyMs: number): { state: XCheckpoint; nextAfterMs: number } {
  const soon = state.recheck && everyMs > RECHECK_MS;
  return { state: { ...state, recheck: false }, nextAfterMs: soon ? RECHECK_MS : everyMs };
}

/** Where a search begins, in milliseconds. */
export function windowStart(window: Window): number {
  return (window.sinceId === null ? window.startTime : msOfId(window.sinceId)) ?? window.endTime;
}

/** The part of a search below what was read, as a question of its own. */
function below(round: Round, from: number | null): Window {
  const { window, oldestId } = round;
  const untilId = oldestId ?? window.untilId;
  if (from === null) return { ...window, untilId };
  return { ...window, untilId, sinceId: null, startTime: wholeSecond(from) };
}

function newRound(window: Window): Round {
  return { window, nextToken: null, newestId: null, oldestId: null, found: 0, stalled: 0, restarts: 0, first: true };
}

function oldestRecent(now: number): number {
  return now - RECENT_MS + MARGIN_MS;
}

function gapOf(from: number, to: number, reason: string): FoundGap {
  return { from: new Date(from), to: new Date(Math.max(from, to)), reason };
}

/** X counts in whole seconds. */
function wholeSecond(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}
