import type { WaitReason } from '#libs/contracts';
import type { Reaction } from '../../captures/upstream.errors.js';
import {
  figureOf,
  headerOf,
  isJson,
  listIn,
  problemType,
  rateOf,
  serverTimeOf,
  type Json,
  type XAnswer,
} from './x-answer.domain.js';

/** What an answer that is no success means, and what is to be done about it. */
export interface XProblem {
  reason: WaitReason;
  reaction: Reaction;
  message: string;
  /** How long to leave X alone; absent when the reaction alone decides. */
  waitMs?: number;
  /** The monthly cap is used up: only `usage/tweets` tells until when. */
  untilCapReset?: true;
}

export interface XProblemContext {
  /** Milliseconds since the epoch, by our clock. */
  now: number;
  /** 0 to 1: spreads processes that were all refused at the same moment. */
  random: number;
  /** The full archive needs an entitlement of its own: its refusal says nothing about the rest. */
  archive: boolean;
}

const SECOND = 1_000;
/** Windows of X are 15 minutes: a longer wait comes from a wrong clock. */
const LONGEST_WINDOW = 15 * 60 * SECOND;
const SHORTEST_WINDOW = SECOND;
const WINDOW_JITTER = 3 * SECOND;
const RULE_WAIT = 30 * SECOND;
const STREAM_WAIT = 60 * SECOND;

export function problemOf(answer: XAnswer, context: XProblemContext): XProblem {
  const { status, body } = answer;
  const named = namedProblem(body);
  if (named) return named;
  if (status === 400) return problem('rejected-request', 'fail', answer);
  if (status === 401) return problem('auth', 'halt-source', answer, 'X does not accept the bearer token');
  if (status === 402) return problem('credits', 'halt-source', answer, 'the credits of the X account are used up');
  if (status === 403) return forbidden(answer, context);
  if (status === 404) return notFound(answer);
  if (status === 409) return { ...problem('no-rules', 'wait', answer, 'the stream has no rules'), waitMs: RULE_WAIT };
  if (status === 420 || status === 429) return tooMany(answer, context);
  if (status >= 500) return problem('upstream-unavailable', 'retry', answer, 'X is not available');
  if (status >= 400) return problem('rejected-request', 'fail', answer);
  if (status >= 300) return problem('refused-address', 'retry', answer, 'X redirects elsewhere, which is not followed');
  return { reason: 'malformed-answer', reaction: 'retry', message: `X answered ${status} with ${whatIs(body)}` };
}

/** Problems that are told by their type, whatever the status is; they also come as a line of a stream. */
export function namedProblem(body: unknown): XProblem | null {
  for (const said of problemsIn(body)) {
    const type = problemType(said);
    const about = detailOf(said);
    if (type === 'usage-capped' || said.title === 'UsageCapExceeded') {
      const message = `the monthly cap of the X project is used up${about && `: ${about}`}`;
      return { reason: 'usage-cap', reaction: 'halt-source', message, untilCapReset: true };
    }
    if (said.connection_issue === 'TooManyConnections') {
      const message = 'X allows no further stream connection for this credential';
      return { reason: 'too-many-connections', reaction: 'wait', message, waitMs: STREAM_WAIT };
    }
    if (type === 'credits-depleted' || said.title === 'CreditsDepleted') {
      const message = `the credits of the X account are used up${about && `: ${about}`}`;
      return { reason: 'credits', reaction: 'halt-source', message };
    }
    if (type === 'operational-disconnect') {
      const message = `X has closed the stream${about && `: ${about}`}`;
      return { reason: 'upstream-unavailable', reaction: 'retry', message };
    }
  }
  return null;
}

function forbidden(answer: XAnswer, { archive }: XProblemContext): XProblem {
  return archive
    ? problem('forbidden', 'stop-part', answer, 'the X account may not search the full archive')
    : problem('forbidden', 'halt-source', answer, 'X does not let this account use its API');
}

/** A path X does not know answers in HTML: the base URL is wrong, or something else answers in its place. */
function notFound(answer: XAnswer): XProblem {
  return answer.body === undefined
    ? { reason: 'malformed-answer', reaction: 'retry', message: 'X answered 404 and no JSON: is the base URL right?' }
    : problem('rejected-request', 'fail', answer);
}

function tooMany(answer: XAnswer, context: XProblemContext): XProblem {
  const rate = rateOf(answer.headers);
  const retryAfter = figureOf(headerOf(answer.headers, 'retry-after'));
  const base = problem('rate-window', 'wait', answer, 'the rate limit of X is reached');
  if (rate && rate.remaining > 0) {
    const waitMs = SECOND + Math.round(context.random * SECOND);
    return { ...base, reason: 'rate-second', message: 'X was asked more than once in a second', waitMs };
  }
  if (rate) return { ...base, waitMs: windowWait(rate.resetAt.getTime(), answer, context) };
  if (retryAfter !== null) return { ...base, waitMs: clamp(retryAfter * SECOND, SHORTEST_WINDOW, LONGEST_WINDOW) };
  return { ...base, reaction: 'retry' };
}

/** `reset` is an instant by the clock of X; what counts is how far it lies ahead there. */
function windowWait(resetAt: number, answer: XAnswer, { now, random }: XProblemContext): number {
  const ahead = resetAt - (serverTimeOf(answer.headers) ?? now);
  return clamp(ahead, SHORTEST_WINDOW, LONGEST_WINDOW - WINDOW_JITTER) + Math.round(random * WINDOW_JITTER);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

function problem(reason: WaitReason, reaction: Reaction, answer: XAnswer, meaning?: string): XProblem {
  const said = problemsIn(answer.body)
    .map(detailOf)
    .find((detail) => detail !== '');
  const words = meaning ?? 'X has refused the request';
  return { reason, reaction, message: `${words} (${answer.status})${said ? `: ${said}` : ''}` };
}

/** The problems an answer or a line of a stream tells of: those in its list first, then itself. */
function problemsIn(body: unknown): Json[] {
  return isJson(body) ? [...listIn(body.errors).filter(isJson), body] : [];
}

const LONGEST_DETAIL = 300;

/** X's own words about a problem, in one line. */
export function detailOf(said: Json): string {
  const words = [said.message, said.detail, said.title].find((text) => typeof text === 'string' && text.trim() !== '');
  return typeof words === 'string' ? words.replace(/[\p{Cc}\p{Cs}\s]+/gu, ' ').slice(0, LONGEST_DETAIL) : '';
}

function whatIs(body: unknown): string {
  if (body === undefined) return 'something that is no JSON';
  return isJson(body) ? 'JSON of another form than it documents' : 'JSON that is no object';
}
