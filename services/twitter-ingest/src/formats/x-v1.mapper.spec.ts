import { describe, expect, it } from 'vitest';
import { v1Status, v1User } from '../../test/factories/x-v1.factory.js';
import type { Json } from '../../test/factories/x-v2.factory.js';
import { mapRecord } from './record.mapper.js';

function only(overrides: Json) {
  const mapped = mapRecord(v1Status(overrides));
  if (mapped.type === 'bad') throw new Error(mapped.reason);
  return mapped.posts[0]!;
}

describe('X v1.1', () => {
  it('should map an extended status', () => {
    expect(mapRecord(v1Status())).toMatchObject({
      format: 'x-v1-status',
      posts: [
        {
          source: 'x',
          extId: '504610000000000001',
          url: 'https://x.com/grace/status/504610000000000001',
          postedAt: Date.UTC(2014, 7, 27, 13, 8, 45),
          kind: 'original',
          text: 'Statistics with #rstats',
          ownTags: ['rstats'],
          author: {
            extId: '77',
            username: 'grace',
            followers: 5_000,
            country: 'GB',
            observedAt: Date.UTC(2014, 7, 27, 13, 8, 45),
          },
          metrics: { reposts: 7, likes: 8, replies: null, quotes: null },
        },
      ],
    });
  });

  it('should take the whole text and all tags of a status in the compatible form', () => {
    const post = only({
      full_text: undefined,
      text: 'cut…',
      truncated: true,
      extended_tweet: { full_text: 'the whole text #late', entities: { hashtags: [{ text: 'late' }] } },
    });
    expect(post).toMatchObject({ text: 'the whole text #late', ownTags: ['rstats', 'late'] });
  });

  it('should uncut a retweet and keep it a repost though it quotes', () => {
    const retweeted = v1Status({
      id_str: '5',
      full_text: 'a long one #Deep',
      entities: { hashtags: [{ text: 'Deep' }] },
    });
    const post = only({
      full_text: 'RT @grace: a lo…',
      entities: { hashtags: [] },
      retweeted_status: retweeted,
      is_quote_status: true,
      in_reply_to_status_id_str: '4',
    });
    expect(post).toMatchObject({
      kind: 'repost',
      refExtId: '5',
      text: 'RT @grace: a long one #Deep',
      ownTags: [],
      referencedTags: ['Deep'],
    });
  });

  it('should tell quotes and replies', () => {
    const quoted = v1Status({ id_str: '6' });
    expect(only({ quoted_status: quoted, quoted_status_id_str: '6' })).toMatchObject({
      kind: 'quote',
      refExtId: '6',
      referencedTags: ['rstats'],
    });
    expect(only({ is_quote_status: true })).toMatchObject({ kind: 'quote', refExtId: null });
    expect(only({ in_reply_to_status_id_str: '4' })).toMatchObject({ kind: 'reply', refExtId: '4' });
    expect(only({ in_reply_to_user_id_str: '4' })).toMatchObject({ kind: 'original' });
  });

  it('should read the place', () => {
    expect(only({ place: { country_code: 'BR', country: 'Brazil' } }).country).toBe('BR');
  });

  it('should refuse an id that is only there as a number too large to be exact', () => {
    expect(mapRecord(v1Status({ id_str: undefined }))).toEqual({
      type: 'bad',
      reason: 'a status without a usable id_str',
    });
    expect(mapRecord(v1Status({ user: v1User({ id_str: undefined }) }))).toMatchObject({
      posts: [{ author: { extId: '77' } }],
    });
  });

  it('should map a page of search', () => {
    expect(mapRecord({ statuses: [v1Status(), 3], search_metadata: {} })).toMatchObject({
      format: 'x-v1-page',
      posts: [{}],
      errors: [{ reason: 'an element of statuses is no object' }],
    });
  });

  it('should turn deletion notices of both generations into deletions', () => {
    const old = { delete: { status: { id: 1, id_str: '1', user_id: 3 }, timestamp_ms: '1427215322155' } };
    expect(mapRecord(old)).toMatchObject({ deletions: [{ source: 'x', extId: '1', deletedAt: 1_427_215_322_155 }] });
    const compliance = { delete: { tweet: { id: '2', author_id: '3' }, event_at: '2022-06-01T00:00:00Z' } };
    const expected = { format: 'x-compliance', deletions: [{ extId: '2', deletedAt: Date.UTC(2022, 5, 1) }] };
    expect(mapRecord(compliance)).toMatchObject(expected);
    expect(mapRecord({ data: compliance })).toMatchObject(expected);
  });

  it.each(['limit', 'warning', 'scrub_geo', 'status_withheld', 'user_withheld', 'disconnect', 'friends'])(
    'should skip the notice %s',
    (name) => {
      expect(mapRecord({ [name]: { x: 1 } })).toMatchObject({ type: 'posts', posts: [], skipped: 1 });
    },
  );
});
