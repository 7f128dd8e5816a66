import { createHash } from 'node:crypto';
import { XParameterError } from './fields.js';
import { parseQuery, XQueryError, type XQuery } from './query.js';
import { compareIds, snowflake, snowflakeMs } from './snowflake.js';
import type { XPost } from './x-types.js';
import type { XWorld } from './world.js';

const DAY = 86_400_000;
const RECENT_MS = 7 * DAY;
const LATEST_END_MS = 10_000;

export interface XSearchRules {
  /** `end_time` where none is given is this long ago. X: 30 s. */
  searchDelayMs: number;
  /** Since May 2026 search gives no retweets. */
  retweetsInSearch: boolean;
}

export interface XSearchPage {
  posts: XPost[];
  meta: { result_count: number; newest_id?: string; oldest_id?: string; next_token?: string };
}

/** One page of recent search or, with `archive`, of the full archive. Throws XParameterError as X answers 400. */
export function searchPage(world: XWorld, asked: URLSearchParams, rules: XSearchRules, archive: boolean): XSearchPage {
  const range = rangeOf(world, asked, rules, archive);
  const max = wholeNumber(asked, 'max_results', 10, 10, archive ? 500 : 100);
  const found: XPost[] = [];
  for (const post of matching(world, range, rules)) {
    found.push(post);
    if (found.length > max) break;
  }
  const posts = found.slice(0, max);
  const last = posts.at(-1);
  if (!last) return { posts, meta: { result_count: 0 } };
  return {
    posts,
    meta: {
      newest_id: posts[0]!.id,
      oldest_id: last.id,
      result_count: posts.length,
      ...(found.length > max && {
        next_token: `b26v89c19zqg${Buffer.from(`${last.id}.${range.print}`).toString('hex')}`,
      }),
    },
  };
}

export interface XCounts {
  buckets: { start: number; end: number; count: number }[];
  total: number;
}

const GRANULARITIES: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: DAY };

/** Counts know nothing of deletions: they may be higher than what search gives. */
export function countPosts(world: XWorld, asked: URLSearchParams, rules: XSearchRules, archive: boolean): XCounts {
  const granularity = asked.get('granularity') ?? 'hour';
  const width = Object.hasOwn(GRANULARITIES, granularity) ? GRANULARITIES[granularity]! : NaN;
  if (Number.isNaN(width)) {
    throw new XParameterError('granularity', granularity, `The \`granularity\` query parameter value [${granularity}] is not one of [minute,hour,day]`); // prettier-ignore
  }
  const range = rangeOf(world, asked, rules, archive);
  const buckets: XCounts['buckets'] = [];
  for (let start = range.from; start < range.to;) {
    const end = Math.min((Math.floor(start / width) + 1) * width, range.to);
    buckets.push({ start, end, count: 0 });
    start = end;
  }
  let total = 0;
  const first = Math.floor(range.from / width);
  for (const post of matching(world, range, rules, true)) {
    const bucket = buckets[Math.floor(post.createdAt / width) - first];
    if (!bucket) continue;
    bucket.count++;
    total++;
  }
  return { buckets, total };
}

interface Range {
  query: XQuery;
  from: number;
  to: number;
  /** Exclusive. */
  above: string;
  below: string;
  /** Identifies the question: a token belongs to it. */
  print: string;
}

function rangeOf(world: XWorld, asked: URLSearchParams, rules: XSearchRules, archive: boolean): Range {
  const now = world.now();
  const text = asked.get('query') ?? '';
  if (text === '') throw new XParameterError('query', '', 'The `query` query parameter can not be empty');
  const longest = archive ? 1_024 : 512;
  if (Array.from(text).length > longest) {
    throw new XParameterError(
      'query',
      text,
      `The \`query\` query parameter can not be longer than ${longest} characters`,
    );
  }
  const floor = archive ? 0 : now - RECENT_MS;
  const to = instant(asked, 'end_time') ?? now - rules.searchDelayMs;
  if (asked.has('end_time') && to > now - LATEST_END_MS) {
    throw new XParameterError('end_time', asked.get('end_time')!, `Invalid 'end_time':'${asked.get('end_time')}'. 'end_time' must be a minimum of 10 seconds prior to the request time.`); // prettier-ignore
  }
  const start = instant(asked, 'start_time');
  if (start !== null && start < floor) {
    throw new XParameterError('start_time', asked.get('start_time')!, `Invalid 'start_time':'${asked.get('start_time')}'. 'start_time' must be on or after ${new Date(floor).toISOString()}.`); // prettier-ignore
  }
  const sinceId = idOf(asked, 'since_id');
  if (sinceId !== null && snowflakeMs(sinceId) < floor) {
    throw new XParameterError('since_id', sinceId, `'since_id' must be a tweet id created after ${new Date(floor).toISOString()}. Please use a 'since_id' that is larger than ${snowflake(floor, 0)}`); // prettier-ignore
  }
  const print = createHash('sha256')
    .update(JSON.stringify(['query', 'since_id', 'until_id', 'start_time', 'end_time'].map((name) => asked.get(name))))
    .digest('hex')
    .slice(0, 12);
  const token = asked.get('next_token') ?? asked.get('pagination_token');
  const after = token === null ? null : lastIdOf(token, print);
  return {
    query: parsed(text),
    from: sinceId === null ? (start ?? (archive ? now - 30 * DAY : floor)) : Math.max(floor, 0),
    to,
    above: sinceId ?? '0',
    below: [after, idOf(asked, 'until_id')].filter((id) => id !== null).sort(compareIds)[0] ?? '9'.repeat(20),
    print,
  };
}

function parsed(text: string): XQuery {
  try {
    return parseQuery(text);
  } catch (error) {
    if (error instanceof XQueryError) throw new XParameterError('query', text, error.message);
    throw error;
  }
}

/** Newest first. */
function* matching(world: XWorld, range: Range, rules: XSearchRules, countsToo = false): Generator<XPost> {
  const posts = world.candidates(range.query.keys);
  const now = world.now();
  let at = posts.length - 1;
  // Paging deep into a long list must not walk over all of its newer half.
  let low = 0;
  for (let high = posts.length; low < high;) {
    const middle = (low + high) >> 1;
    if (compareIds(posts[middle]!.id, range.below) < 0) low = middle + 1;
    else high = middle;
  }
  at = low - 1;
  for (; at >= 0; at--) {
    const post = posts[at]!;
    if (compareIds(post.id, range.above) <= 0 || post.createdAt < range.from) return;
    if (post.createdAt >= range.to || post.searchableAt > now || !world.isLatest(post)) continue;
    if (!countsToo && !world.isVisible(post)) continue;
    if (!rules.retweetsInSearch && post.reference?.type === 'retweeted') continue;
    if (range.query.matches(post, world)) yield post;
  }
}

function lastIdOf(token: string, print: string): string {
  const [id, ofPrint] = Buffer.from(token.slice(12), 'hex').toString().split('.');
  if (id === undefined || !/^\d+$/.test(id) || ofPrint !== print) {
    throw new XParameterError('next_token', token, `Invalid 'next_token':'${token}'.`);
  }
  return id;
}

function idOf(asked: URLSearchParams, name: string): string | null {
  const id = asked.get(name);
  if (id !== null && !/^[0-9]{1,19}$/.test(id)) {
    throw new XParameterError(name, id, `The \`${name}\` query parameter value [${id}] is not valid`);
  }
  return id;
}

function instant(asked: URLSearchParams, name: string): number | null {
  const text = asked.get(name);
  if (text === null) return null;
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(ms)) {
    throw new XParameterError(
      name,
      text,
      `The \`${name}\` query parameter value [${text}] is not a valid RFC3339 date-time`,
    );
  }
  return ms;
}

function wholeNumber(asked: URLSearchParams, name: string, fallback: number, min: number, max: number): number {
  const text = asked.get(name);
  if (text === null) return fallback;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max)) {
    throw new XParameterError(
      name,
      text,
      `The \`${name}\` query parameter value [${text}] is not between ${min} and ${max}`,
    );
  }
  return value;
}
