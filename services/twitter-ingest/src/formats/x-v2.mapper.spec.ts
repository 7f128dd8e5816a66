import { describe, expect, it } from 'vitest';
import {
  inNewSpelling,
  snowflake,
  twarcNotes,
  v2Page,
  v2Post,
  v2User,
  type Json,
} from '../../test/factories/x-v2.factory.js';
import type { IncomingPost, MappedPosts } from './contract.js';
import { mapRecord } from './record.mapper.js';

function posts(record: unknown): IncomingPost[] {
  const mapped = mapRecord(record);
  if (mapped.type === 'bad') throw new Error(mapped.reason);
  expect(mapped.errors).toEqual([]);
  return mapped.posts;
}

const only = (post: Json, includes?: Json): IncomingPost => posts(v2Page([post], includes))[0]!;

describe('X v2', () => {
  it('should map every field of a post', () => {
    expect(only(v2Post())).toEqual({
      source: 'x',
      extId: snowflake('2021-06-04T10:00:00.000Z'),
      version: '',
      url: `https://x.com/ada/status/${snowflake('2021-06-04T10:00:00.000Z')}`,
      postedAt: Date.UTC(2021, 5, 4, 10),
      kind: 'original',
      refExtId: null,
      text: 'Hello #Wörld 日本語 👩‍👩‍👧 & more',
      lang: 'en',
      ownTags: ['Wörld'],
      referencedTags: [],
      country: null,
      author: {
        source: 'x',
        extId: '42',
        username: 'ada',
        name: 'Ada L. 🦊',
        followers: 120,
        location: 'Austin, TX',
        country: 'US',
        observedAt: Date.UTC(2021, 5, 4, 10),
      },
      metrics: { reposts: 1, replies: 2, likes: 3, quotes: 4 },
      sensitive: false,
      edited: false,
      supersedes: [],
    });
  });

  describe.each([
    ['old', (record: unknown) => record],
    ['new', inNewSpelling],
  ])('in the %s spelling', (_name, spelled) => {
    const target = v2Post({
      id: '100',
      author_id: '43',
      text: 'cut he…',
      note_tweet: { text: 'the whole #Long text', entities: { hashtags: [{ tag: 'Long' }] } },
      entities: { hashtags: [{ tag: 'Short' }] },
    });
    const includes = { users: [v2User(), v2User({ id: '43', username: 'bob' })], tweets: [target] };
    const referring = (type: string) => ({
      text: type === 'retweeted' ? 'RT @bob: cut he…' : 'my words',
      entities: { hashtags: [{ tag: 'Mine' }] },
      referenced_tweets: [{ type, id: '100' }],
    });
    const map = (post: Json) => posts(spelled(v2Page([v2Post(post)], includes)))[0]!;

    it('should take the text of a repost, uncut, and its tags from the post reposted', () => {
      expect(map(referring('retweeted'))).toMatchObject({
        kind: 'repost',
        refExtId: '100',
        text: 'RT @bob: the whole #Long text',
        ownTags: ['Mine'],
        referencedTags: ['Short', 'Long'],
      });
    });

    it('should give a quote the tags of the post quoted', () => {
      expect(map(referring('quoted'))).toMatchObject({
        kind: 'quote',
        text: 'my words',
        referencedTags: ['Short', 'Long'],
      });
    });

    it('should not give a reply the tags of the post answered', () => {
      expect(map(referring('replied_to'))).toMatchObject({ kind: 'reply', refExtId: '100', referencedTags: [] });
    });

    it('should prefer repost to quote to reply whatever their order', () => {
      const references = [
        { type: 'replied_to', id: '300' },
        { type: 'quoted', id: '100' },
      ];
      expect(map({ referenced_tweets: references })).toMatchObject({ kind: 'quote', refExtId: '100' });
      expect(map({ referenced_tweets: references.toReversed() })).toMatchObject({ kind: 'quote', refExtId: '100' });
    });

    it('should read the note of a long post', () => {
      const note = { text: 'long text', entities: { hashtags: [{ tag: 'end' }, { tag: 'Wörld' }] } };
      expect(map({ note_tweet: note })).toMatchObject({ text: 'long text', ownTags: ['Wörld', 'end'] });
    });

    it('should tell an edited post and the versions it replaces', () => {
      const history = { edit_history_tweet_ids: ['10', '11', '12'] };
      expect(map({ id: '12', ...history })).toMatchObject({ version: '12', edited: true, supersedes: ['10', '11'] });
      expect(map({ id: '10', ...history })).toMatchObject({ version: '12', edited: false, supersedes: [] });
      expect(map({ id: '10', edit_history_tweet_ids: ['10'] })).toMatchObject({ version: '10', edited: false });
    });
  });

  it('should find the text of a repost in data when it is not included', () => {
    const original = v2Post({ id: '100', text: 'all of it' });
    const repost = v2Post({ id: '101', text: 'RT @ada: all…', referenced_tweets: [{ type: 'retweeted', id: '100' }] });
    expect(posts(v2Page([repost, original]))[0]!.text).toBe('RT @ada: all of it');
  });

  it('should keep the cut text when the post reposted is not there', () => {
    const repost = v2Post({ text: 'RT @ada: all…', referenced_tweets: [{ type: 'retweeted', id: '100' }] });
    expect(only(repost)).toMatchObject({ kind: 'repost', refExtId: '100', text: 'RT @ada: all…' });
  });

  it('should know of an author who is not included the id alone', () => {
    const post = only(v2Post({ author_id: '9' }));
    expect(post.author).toMatchObject({ extId: '9', username: null, followers: null });
    expect(post.url).toBe(`https://x.com/i/web/status/${post.extId}`);
  });

  it('should date authors by the newest post of the page, or by the retrieval', () => {
    const data = [v2Post({ id: '1' }), v2Post({ id: '2', created_at: '2021-06-06T00:00:00.000Z' })];
    expect(posts(v2Page(data))[0]!.author.observedAt).toBe(Date.UTC(2021, 5, 6));
    const noted = mapRecord(v2Page(data, undefined, { __twarc: twarcNotes() })) as MappedPosts;
    expect(noted.format).toBe('twarc2-page');
    expect(noted.posts[0]!.author.observedAt).toBe(Date.UTC(2021, 5, 5));
  });

  it('should date a post without created_at by its id, and refuse one from before such ids', () => {
    const id = snowflake('2022-02-03T04:05:06.789Z', 5);
    expect(only(v2Post({ id, created_at: undefined })).postedAt).toBe(Date.parse('2022-02-03T04:05:06.789Z'));
    expect(mapRecord(v2Page([v2Post({ id: '20', created_at: undefined })]))).toMatchObject({
      posts: [],
      errors: [{ reason: 'post 20 has no usable created_at' }],
    });
  });

  it('should read the country of a place, included or merged in', () => {
    const includes = {
      users: [v2User()],
      places: [
        { id: 'p', country_code: 'gb' },
        { id: 'q', country: 'Brasil' },
      ],
    };
    expect(only(v2Post({ geo: { place_id: 'p' } }), includes).country).toBe('GB');
    expect(only(v2Post({ geo: { place_id: 'q' } }), includes).country).toBe('BR');
    expect(only(v2Post({ geo: { country_code: 'JP' } })).country).toBe('JP');
    expect(only(v2Post({ geo: { coordinates: { type: 'Point', coordinates: [1, 2] } } })).country).toBeNull();
  });

  it.each([
    ['in', 'id'],
    ['iw', 'he'],
    ['pt-BR', 'pt'],
    ['zh_TW', 'zh'],
    ['EN', 'en'],
    ['zxx', 'zxx'],
    ['qme', 'qme'],
    ['', 'und'],
    [null, 'und'],
    ['constructor', 'und'],
  ])('should read language %j as %s', (lang, expected) => {
    expect(only(v2Post({ lang })).lang).toBe(expected);
  });

  it('should take what is usable of a page and tell what is not', () => {
    const bad = [v2Post({ id: 'x' }), v2Post({ id: '7', author_id: undefined }), v2Post({ id: '8', text: 1 }), null];
    const mapped = mapRecord(v2Page([v2Post(), ...(bad as Json[])]));
    expect(mapped).toMatchObject({
      posts: [{ kind: 'original' }],
      errors: [
        { reason: 'a post without a usable id' },
        { reason: 'post 7 has no author_id' },
        { reason: 'post 8 has no text' },
        { reason: 'an element of data is no object' },
      ],
    });
  });

  it('should refuse a number that has lost digits as an id', () => {
    expect(mapRecord(v2Page([v2Post({ id: 2 ** 60 })]))).toMatchObject({ posts: [], errors: [{}] });
  });

  it('should accept an empty page, and a page with partial errors', () => {
    expect(mapRecord({ meta: { result_count: 0 } })).toMatchObject({ type: 'posts', posts: [], errors: [] });
    const page = v2Page([v2Post()], undefined, { errors: [{ title: 'Not Found Error', detail: 'gone' }] });
    expect(mapRecord(page)).toMatchObject({ posts: [{}], skipped: 1 });
  });

  it('should tell an error line in the words of X', () => {
    const line = { errors: [{ title: 'operational-disconnect', detail: 'This stream has been disconnected.' }] };
    expect(mapRecord(line)).toEqual({
      type: 'bad',
      reason: 'X answered with an error: operational-disconnect: This stream has been disconnected.',
    });
    expect(mapRecord({ title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' })).toEqual({
      type: 'bad',
      reason: 'X answered with an error: Unauthorized',
    });
  });

  it('should map stream lines, single lookups and flattened posts', () => {
    const line = { data: v2Post(), includes: { users: [v2User()] }, matching_rules: [{ id: '1' }] };
    expect(mapRecord(line)).toMatchObject({ format: 'x-v2-stream', posts: [{ author: { username: 'ada' } }] });
    expect(mapRecord({ data: v2Post() })).toMatchObject({ format: 'x-v2-post', posts: [{}] });
    const reference = {
      ...v2Post({ id: '100', author_id: '43', text: 'full' }),
      type: 'retweeted',
      author: v2User({ id: '43', username: 'bob' }),
    };
    const flat = {
      ...v2Post({ text: 'fu…' }),
      author: v2User(),
      referenced_tweets: [reference],
      __twarc: twarcNotes(),
    };
    expect(mapRecord(flat)).toMatchObject({
      format: 'twarc2-flat',
      posts: [{ kind: 'repost', text: 'RT @bob: full', referencedTags: ['Wörld'], author: { username: 'ada' } }],
    });
  });

  it('should skip users and counts, which come in the same envelope', () => {
    expect(mapRecord({ data: [v2User()], meta: { result_count: 1 } })).toMatchObject({ posts: [], skipped: 1 });
    const counts = [{ start: 'a', end: 'b', tweet_count: 3 }];
    expect(mapRecord({ data: counts, meta: { total_tweet_count: 3 } })).toMatchObject({ posts: [], skipped: 1 });
  });

  it('should mend half characters and drop tags nobody could ask for', () => {
    const post = only(
      v2Post({ text: 'a\ud83d b', entities: { hashtags: [{ tag: '#ok' }, { tag: 'no tag' }, { tag: '' }, 5] } }),
    );
    expect(post).toMatchObject({ text: 'a\ufffd b', ownTags: ['ok'] });
  });
});
