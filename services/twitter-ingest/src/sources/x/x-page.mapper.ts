import { UpstreamError } from '../../captures/upstream.errors.js';
import { mapRecord, type MappedPosts } from '../../formats/index.js';
import { compareNumerals } from '../../formats/post-version.domain.js';
import { detailOf } from './x-problem.domain.js';
import { figureOf, isJson, listIn, problemType, rateOf, type Json, type XAnswer } from './x-answer.domain.js';
import type { XBilled, XCounts, XLookup, XMissingReason, XPage, XPartialError } from './x-api.types.js';

const POST_ID = /^[1-9]\d{0,18}$/;
const TOKEN = /^[\x21-\x7e]{1,2048}$/;

export function malformed(what: string): UpstreamError {
  return new UpstreamError('malformed-answer', 'retry', `X gave an answer that cannot be used: ${what}`);
}

/** A page of a search. Only `meta` tells whether the search goes on: without it the page is no page. */
export function readSearchPage(answer: XAnswer, askedToken: string | undefined): XPage {
  const body = objectOf(answer.body);
  const { meta, resultCount } = metaOf(body);
  const data = dataOf(body);
  if (data === null && resultCount > 0) throw malformed(`it counts ${resultCount} posts and holds none`);
  const nextToken = tokenOf(meta, askedToken);
  const page = readPosts(answer, body, data ?? []);
  const ids = idsOf(data ?? []).sort(compareNumerals);
  const shown = (id: unknown, otherwise: string | undefined) =>
    typeof id === 'string' && ids.includes(id) ? id : (otherwise ?? null);
  if (ids.length !== resultCount) {
    const detail = `X counts ${resultCount} posts on a page that holds ${ids.length}`;
    page.partialErrors.push({ type: 'result-count-mismatch', detail });
  }
  const [oldestId, newestId] = [shown(meta.oldest_id, ids[0]), shown(meta.newest_id, ids.at(-1))];
  return { ...page, newestId, oldestId, nextToken, resultCount };
}

/** Posts looked up by id. That none of them is there is an answer too, and a page of errors alone. */
export function readLookup(answer: XAnswer, asked: readonly string[]): XLookup {
  const body = objectOf(answer.body);
  const data = dataOf(body);
  if (data === null && listIn(body.errors).length === 0) throw malformed('it holds neither posts nor errors');
  const page = readPosts(answer, body, data ?? []);
  const ids = idsOf(data ?? []);
  const accounted = new Set(ids);
  for (const post of page.mapped.posts) for (const id of post.supersedes) accounted.add(id);
  const reasons = missingReasons(body);
  const missing = asked
    .filter((id) => !accounted.has(id))
    .map((id) => ({ id, reason: reasons.get(id) ?? ('unexplained' as const) }));
  const sorted = ids.sort(compareNumerals);
  const [oldestId, newestId] = [sorted[0] ?? null, sorted.at(-1) ?? null];
  return { ...page, newestId, oldestId, nextToken: null, resultCount: ids.length, missing, withheld: withheldIn(data) };
}

export function readCounts(answer: XAnswer, requestsMicroUsd: number, askedToken: string | undefined): XCounts {
  const body = objectOf(answer.body);
  if (!isJson(body.meta)) throw malformed('it has no meta');
  const total = figureOf(body.meta.total_tweet_count ?? body.meta.total_post_count);
  if (total === null) throw malformed('it has no total');
  const buckets = listIn(body.data).map((item) => {
    const [start, end] = [instantOf(item, 'start'), instantOf(item, 'end')];
    const count = isJson(item) ? figureOf(item.tweet_count ?? item.post_count) : null;
    if (start === null || end === null || count === null) throw malformed('one of its counts has another form');
    return { start, end, count };
  });
  return {
    total,
    buckets,
    nextToken: tokenOf(body.meta, askedToken),
    rate: rateOf(answer.headers),
    billed: { postIds: [], userIds: [], requestsMicroUsd },
  };
}

/** What X charges for an answer or a line of a stream, whether or not it could be used. */
export function billedOf(body: Json, requestsMicroUsd = 0): XBilled {
  const includes = isJson(body.includes) ? body.includes : {};
  const data = Array.isArray(body.data) ? body.data : [body.data];
  const posts = [...data, ...listIn(includes.tweets), ...listIn(includes.posts)];
  return {
    postIds: [...new Set(idsOf(posts))],
    userIds: [...new Set(idsOf(listIn(includes.users)))],
    requestsMicroUsd,
  };
}

export function partialErrorsOf(body: unknown): XPartialError[] {
  return listIn(isJson(body) ? body.errors : null).map((error) => {
    if (!isJson(error)) return { type: 'unknown', detail: '' };
    const id = [error.resource_id, error.value, error.id].find((value) => typeof value === 'string');
    return {
      type: problemType(error),
      ...(typeof id === 'string' && { id: id.slice(0, 100) }),
      detail: detailOf(error),
    };
  });
}

type PostsPart = Pick<XPage, 'mapped' | 'rate' | 'billed' | 'partialErrors' | 'requests'>;

function readPosts(answer: XAnswer, body: Json, data: readonly unknown[]): PostsPart {
  return {
    mapped: mapPosts({ ...body, data }),
    rate: rateOf(answer.headers),
    billed: billedOf(body),
    partialErrors: partialErrorsOf(body),
    requests: 1,
  };
}

function mapPosts(page: Json): MappedPosts {
  const mapped = mapRecord(page);
  if (mapped.type === 'bad') throw malformed(mapped.reason);
  return mapped;
}

function objectOf(body: unknown): Json {
  if (!isJson(body)) throw malformed('it is no JSON object');
  return body;
}

function metaOf(body: Json): { meta: Json; resultCount: number } {
  if (!isJson(body.meta)) throw malformed('it has no meta, so nothing tells whether more follows');
  const resultCount = figureOf(body.meta.result_count);
  if (resultCount === null) throw malformed('it has no result_count');
  return { meta: body.meta, resultCount };
}

function dataOf(body: Json): readonly unknown[] | null {
  if (body.data === undefined || body.data === null) return null;
  if (!Array.isArray(body.data)) throw malformed('its data is no list');
  return body.data;
}

/** A token that leads back to the same page would be followed for ever, and paid for. */
function tokenOf(meta: Json, asked: string | undefined): string | null {
  const token = meta.next_token;
  if (token === undefined || token === null) return null;
  if (typeof token !== 'string' || !TOKEN.test(token)) throw malformed('its next_token has another form');
  if (token === asked) throw malformed('its next_token leads back to the same page');
  return token;
}

function idsOf(items: readonly unknown[]): string[] {
  return items.flatMap((item) =>
    isJson(item) && typeof item.id === 'string' && POST_ID.test(item.id) ? [item.id] : [],
  );
}

function instantOf(item: unknown, key: string): Date | null {
  const value = isJson(item) ? item[key] : null;
  const time = typeof value === 'string' && value.length <= 40 ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time);
}

const REASONS: ReadonlyMap<string, XMissingReason> = new Map([
  ['resource-not-found', 'not-found'],
  ['not-authorized-for-resource', 'not-authorized'],
]);

/** What X says about the ids it does not show. */
export function missingReasons(body: Json): Map<string, XMissingReason> {
  const reasons = new Map<string, XMissingReason>();
  for (const error of partialErrorsOf(body)) {
    if (error.id === undefined || reasons.has(error.id)) continue;
    const told = /suspended/i.test(error.detail) ? 'suspended' : /withheld/i.test(error.detail) ? 'withheld' : null;
    reasons.set(error.id, told ?? REASONS.get(error.type) ?? 'other');
  }
  return reasons;
}

export function withheldIn(data: readonly unknown[] | null): XLookup['withheld'] {
  return (data ?? []).flatMap((post) => {
    if (!isJson(post) || !isJson(post.withheld) || typeof post.id !== 'string') return [];
    const codes = listIn(post.withheld.country_codes).filter((code): code is string => typeof code === 'string');
    const everywhere = codes.length === 0 || codes.some((code) => code === 'XX' || code === 'XY');
    return [{ id: post.id, countries: everywhere ? [] : codes.slice(0, 300) }];
  });
}
