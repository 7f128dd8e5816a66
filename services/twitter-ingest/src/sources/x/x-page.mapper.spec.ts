import { describe, expect, it } from 'vitest';
import { inNewSpelling, snowflake, v2Page, v2Post, v2User, type Json } from '../../../test/factories/x-v2.factory.js';
import { parseAnswer } from './x-answer.domain.js';
import { readCounts, readLookup, readSearchPage } from './x-page.mapper.js';

const answer = (body: unknown) => parseAnswer(200, {}, Buffer.from(JSON.stringify(body)));
const search = (body: unknown, asked?: string) => readSearchPage(answer(body), asked);
const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 12, 0, second)).toISOString();
const id = (second: number) => snowflake(at(second));
const post = (second: number, more: Json = {}) => v2Post({ id: id(second), created_at: at(second), ...more });
const meta = (count: number, more: Json = {}) => ({ meta: { result_count: count, ...more } });

describe('readSearchPage', () => {
  const full = v2Page(
    [post(9, { referenced_tweets: [{ type: 'quoted', id: id(1) }], note_tweet: { text: 'long #Ärger' } }), post(5)],
    { users: [v2User(), v2User(), v2User({ id: '43' })], tweets: [post(1), post(5)] },
    meta(2, { newest_id: id(9), oldest_id: id(5), next_token: 'b26v' }),
  );

  it.each([
    ['old', full],
    ['new', inNewSpelling(full)],
  ])('should read a page in the %s spelling', (_name, body) => {
    const sut = search(body);
    expect(sut).toMatchObject({ newestId: id(9), oldestId: id(5), nextToken: 'b26v', resultCount: 2, requests: 1 });
    expect(sut.mapped.posts.map(({ text, kind, refExtId }) => [text, kind, refExtId])).toEqual([
      ['long #Ärger', 'quote', id(1)],
      [post(5).text, 'original', null],
    ]);
    expect(sut.billed).toEqual({ postIds: [id(9), id(5), id(1)], userIds: ['42', '43'], requestsMicroUsd: 0 });
  });

  it('should take a result without data for an empty page', () => {
    expect(search(meta(0))).toMatchObject({ resultCount: 0, nextToken: null, newestId: null, partialErrors: [] });
  });

  it('should keep the data of a page with partial errors and say what they are', () => {
    const error = { resource_id: '7', parameter: 'referenced_tweets.id', detail: 'not visible', title: 'Authorization Error', type: 'https://api.twitter.com/2/problems/not-authorized-for-resource' }; // prettier-ignore
    const sut = search({ data: [post(1)], errors: [error, null], ...meta(1) });
    expect(sut.mapped.posts.length).toBe(1);
    expect(sut.partialErrors).toEqual([
      { type: 'not-authorized-for-resource', id: '7', detail: 'not visible' },
      { type: 'unknown', detail: '' },
    ]);
  });

  it.each([
    ['no object', []],
    ['no meta', { data: [post(1)] }],
    ['errors alone', { errors: [{ title: 'x' }] }],
    ['no count', { data: [], meta: {} }],
    ['a count of nothing', meta(3)],
    ['data that is no list', { data: post(1), ...meta(1) }],
    ['a token that is a number', { data: [], ...meta(0, { next_token: 5 }) }],
    ['an empty token', { data: [], ...meta(0, { next_token: '' }) }],
  ])('should refuse %s', (_name, body) => {
    expect(() => search(body)).toThrow(
      expect.objectContaining({ reason: 'malformed-answer', reaction: 'retry' }) as Error,
    );
  });

  it('should refuse a token that leads back to its own page', () => {
    const body = { data: [post(1)], ...meta(1, { next_token: 'same' }) };
    expect(search(body, 'other').nextToken).toBe('same');
    expect(() => search(body, 'same')).toThrow('same page');
  });

  it('should believe only ids that are on the page', () => {
    const body = { data: [post(3), post(2)], ...meta(2, { newest_id: '9'.repeat(19), oldest_id: 7 }) };
    expect(search(body)).toMatchObject({ newestId: id(3), oldestId: id(2) });
  });

  it('should say when posts are missing that X has counted', () => {
    expect(search({ data: [post(3)], ...meta(2) }).partialErrors).toMatchObject([{ type: 'result-count-mismatch' }]);
  });

  it('should charge for posts that cannot be used', () => {
    const sut = search({ data: [{ id: id(3) }, post(2)], ...meta(2) });
    expect(sut.billed.postIds).toEqual([id(3), id(2)]);
    expect(sut.mapped.errors.length).toBe(1);
  });
});

describe('readLookup', () => {
  const problem = (value: string, type: string, detail: string) => ({
    value, resource_id: value, parameter: 'ids', detail, type: `https://api.twitter.com/2/problems/${type}`,
  }); // prettier-ignore
  const lookup = (body: unknown, ...ids: string[]) => readLookup(answer(body), ids);

  it('should say why posts are missing, and when nobody says', () => {
    const sut = lookup(
      {
        data: [post(1)],
        errors: [
          problem('12', 'resource-not-found', 'Could not find tweet with ids: [12].'),
          problem('13', 'not-authorized-for-resource', 'Sorry, you are not authorized to see the Tweet'),
          problem('14', 'resource-not-found', 'User has been suspended: [14].'),
          problem('16', 'brand-new', 'whatever'),
        ],
      },
      ...[id(1), '12', '13', '14', '15', '16'],
    );
    expect(Object.fromEntries(sut.missing.map((post) => [post.id, post.reason]))).toEqual({
      12: 'not-found', 13: 'not-authorized', 14: 'suspended', 15: 'unexplained', 16: 'other',
    }); // prettier-ignore
    expect(sut.mapped.posts.map((found) => found.extId)).toEqual([id(1)]);
  });

  it('should take errors alone for an answer', () => {
    const sut = lookup({ errors: [problem('12', 'resource-not-found', '')] }, '12');
    expect(sut).toMatchObject({ mapped: { posts: [] }, missing: [{ id: '12', reason: 'not-found' }], resultCount: 0 });
  });

  it('should not miss a post that came as its newest version', () => {
    const edited = post(9, { edit_history_tweet_ids: [id(1), id(9)] });
    expect(lookup({ data: [edited] }, id(1)).missing).toEqual([]);
  });

  it('should not miss a post that is there but cannot be used', () => {
    expect(lookup({ data: [{ id: '5' }] }, '5')).toMatchObject({ missing: [], mapped: { errors: [{}] } });
  });

  it('should say which posts are withheld, and where', () => {
    const withheld = (second: number, value: unknown) => post(second, { withheld: value });
    const data = [
      withheld(1, { copyright: false, country_codes: ['DE', 'FR'] }),
      withheld(2, { copyright: true, country_codes: ['XY'] }),
      withheld(3, null),
    ];
    expect(lookup({ data }, id(1), id(2), id(3)).withheld).toEqual([
      { id: id(1), countries: ['DE', 'FR'] },
      { id: id(2), countries: [] },
    ]);
  });

  it.each([{}, { data: {} }, { errors: [] }, { meta: {} }])('should refuse %j', (body) => {
    expect(() => lookup(body, '5')).toThrow(expect.objectContaining({ reason: 'malformed-answer' }) as Error);
  });
});

describe('readCounts', () => {
  const bucket = { start: '2026-11-21T10:00:00.000Z', end: '2026-11-21T11:00:00.000Z' };

  it.each([
    { data: [{ ...bucket, tweet_count: 3 }], meta: { total_tweet_count: 3, next_token: 'n' } },
    { data: [{ ...bucket, post_count: 3 }], meta: { total_post_count: 3, next_token: 'n' } },
  ])('should read %j', (body) => {
    expect(readCounts(answer(body), 5_000, undefined)).toEqual({
      total: 3,
      buckets: [{ start: new Date(bucket.start), end: new Date(bucket.end), count: 3 }],
      nextToken: 'n',
      rate: null,
      billed: { postIds: [], userIds: [], requestsMicroUsd: 5_000 },
    });
  });

  it.each([{}, { meta: {} }, { data: [{}], meta: { total_tweet_count: 3 } }, { meta: { total_tweet_count: -3 } }])('should refuse %j', (body) => {
    expect(() => readCounts(answer(body), 0, undefined)).toThrow(expect.objectContaining({ reason: 'malformed-answer' }) as Error);
  }); // prettier-ignore
});
