import { describe, expect, it } from 'vitest';
import { blueskyPost, jetstreamEvent } from '../../test/factories/fediverse.factory.js';
import type { Json } from '../../test/factories/x-v2.factory.js';
import { mapRecord } from './record.mapper.js';

const SEEN = 1_783_175_888_114;
/** Half a second earlier: in the record key. */
const KEYED = 1_783_175_887_614;
const QUOTED = 'at://did:plc:other/app.bsky.feed.post/3mpt6c57uy22u';

function only(record: Json, commit: Json = {}) {
  const mapped = mapRecord(jetstreamEvent({ record: blueskyPost(record), ...commit }));
  if (mapped.type === 'bad') throw new Error(mapped.reason);
  return mapped.posts[0]!;
}

describe('Jetstream', () => {
  it('should map a post', () => {
    expect(only({})).toMatchObject({
      source: 'bluesky',
      extId: 'at://did:plc:abcdefghijklmnopqrstuvwx/app.bsky.feed.post/3mptbypowzs2e',
      version: '3mptbypp7t22e',
      url: 'https://bsky.app/profile/did:plc:abcdefghijklmnopqrstuvwx/post/3mptbypowzs2e',
      postedAt: Date.parse('2026-07-04T14:38:07.594Z'),
      kind: 'original',
      text: 'Olá #Céu',
      lang: 'pt',
      ownTags: ['Céu'],
      author: { extId: 'did:plc:abcdefghijklmnopqrstuvwx', username: null, observedAt: SEEN },
      edited: false,
      sensitive: false,
    });
  });

  it('should add the tags beside the text', () => {
    expect(only({ tags: ['extra', 'Céu'] }).ownTags).toEqual(['Céu', 'extra']);
  });

  it('should tell quotes, with or without media, from other embeds', () => {
    expect(only({ embed: { $type: 'app.bsky.embed.record', record: { uri: QUOTED } } })).toMatchObject({
      kind: 'quote',
      refExtId: QUOTED,
    });
    const withMedia = { $type: 'app.bsky.embed.recordWithMedia', record: { record: { uri: QUOTED } } };
    expect(only({ embed: withMedia, reply: { parent: { uri: QUOTED } } })).toMatchObject({
      kind: 'quote',
      refExtId: QUOTED,
    });
    const list = { $type: 'app.bsky.embed.record', record: { uri: 'at://did:plc:other/app.bsky.graph.list/3mp' } };
    expect(only({ embed: list })).toMatchObject({ kind: 'original', refExtId: null });
  });

  it('should tell replies and reposts', () => {
    expect(only({ reply: { parent: { uri: QUOTED }, root: { uri: QUOTED } } })).toMatchObject({
      kind: 'reply',
      refExtId: QUOTED,
    });
    const repost = jetstreamEvent({
      collection: 'app.bsky.feed.repost',
      record: { createdAt: '2026-07-04T14:38:07.594Z', subject: { uri: QUOTED, cid: 'x' } },
    });
    expect(mapRecord(repost)).toMatchObject({
      posts: [{ kind: 'repost', refExtId: QUOTED, text: '', url: null, lang: 'und' }],
    });
  });

  it.each([
    ['0001-01-01T00:00:00.000Z', KEYED],
    ['1970-01-01T00:00:00.000Z', KEYED],
    ['2999-01-01T00:00:00.000Z', KEYED],
    ['yesterday', KEYED],
    [undefined, KEYED],
    ['2026-07-04T14:40:00.000Z', Date.parse('2026-07-04T14:40:00.000Z')],
    ['2026-07-04T14:44:00.000Z', KEYED],
    ['2012-07-04T14:38:00.000Z', Date.parse('2012-07-04T14:38:00.000Z')],
  ])('should date a post claimed to be of %s', (createdAt, expected) => {
    expect(only({ createdAt }).postedAt).toBe(expected);
  });

  it.each([
    ['self', SEEN],
    ['zzzzzzzzzzzzz', SEEN],
    ['2222222222222', SEEN],
    ['3zzzzzzzzzzzz', SEEN],
    ['3mptbypowzs2e', KEYED],
  ])('should believe the time of the record key %s only if it is one', (rkey, expected) => {
    expect(only({ createdAt: 'x' }, { rkey }).postedAt).toBe(expected);
  });

  it('should mark updates and content warnings', () => {
    expect(only({}, { operation: 'update' }).edited).toBe(true);
    expect(only({ labels: { values: [{ val: 'graphic-media' }] } }).sensitive).toBe(true);
    expect(only({ labels: { values: [{ val: '!no-unauthenticated' }] } }).sensitive).toBe(false);
  });

  it('should turn deletes of posts and reposts into deletions and skip the rest', () => {
    expect(mapRecord(jetstreamEvent({ operation: 'delete' }))).toMatchObject({
      posts: [],
      deletions: [
        {
          source: 'bluesky',
          extId: 'at://did:plc:abcdefghijklmnopqrstuvwx/app.bsky.feed.post/3mptbypowzs2e',
          deletedAt: SEEN,
        },
      ],
    });
    for (const event of [
      jetstreamEvent({ collection: 'app.bsky.feed.like', record: {} }),
      jetstreamEvent({ collection: 'app.bsky.graph.follow', operation: 'delete' }),
      { did: 'did:plc:a', time_us: 1, kind: 'identity', identity: {} },
      { did: 'did:plc:a', time_us: 1, kind: 'account', account: { active: false } },
    ]) {
      expect(mapRecord(event)).toMatchObject({ posts: [], deletions: [], skipped: 1 });
    }
  });

  it('should refuse posts it cannot name or date', () => {
    expect(mapRecord(jetstreamEvent({ rkey: 'a/b', record: blueskyPost() }))).toMatchObject({ type: 'bad' });
    expect(mapRecord(jetstreamEvent({ record: blueskyPost() }, { did: 'nobody' }))).toMatchObject({ type: 'bad' });
    expect(mapRecord(jetstreamEvent({}))).toMatchObject({ type: 'bad' });
    const timeless = jetstreamEvent({ rkey: 'x', record: blueskyPost({ createdAt: 'x' }) }, { time_us: undefined });
    expect(mapRecord(timeless)).toMatchObject({ type: 'bad' });
  });
});
