import { describe, expect, it } from 'vitest';
import { mastodonAccount, mastodonStatus } from '../../test/factories/fediverse.factory.js';
import type { Json } from '../../test/factories/x-v2.factory.js';
import { htmlToText } from './html-text.domain.js';
import { mapRecord } from './record.mapper.js';

function only(overrides: Json) {
  const mapped = mapRecord(mastodonStatus(overrides));
  if (mapped.type === 'bad') throw new Error(mapped.reason);
  return mapped.posts[0]!;
}

describe('Mastodon', () => {
  it('should map a status', () => {
    expect(only({})).toMatchObject({
      source: 'mastodon',
      extId: 'https://social.example/users/lena/statuses/110000000000000001',
      version: '',
      url: 'https://social.example/@lena/110000000000000001',
      kind: 'original',
      text: 'Guten Tag & hallo\nWelt #Foto',
      lang: 'de',
      ownTags: ['foto'],
      author: {
        extId: 'https://social.example/users/lena',
        username: 'lena@social.example',
        name: 'Lena',
        followers: 12,
        observedAt: Date.parse('2026-07-04T14:38:07.594Z'),
      },
      metrics: { reposts: 2, replies: 1, likes: 3, quotes: null },
      edited: false,
    });
  });

  it('should show what a boost shows, under the tags of the post boosted', () => {
    const boosted = mastodonStatus({ uri: 'https://b.example/1', account: mastodonAccount({ acct: 'ben@b.example' }) });
    expect(only({ content: '', tags: [], language: null, reblog: boosted })).toMatchObject({
      kind: 'repost',
      refExtId: 'https://b.example/1',
      text: 'RT @ben@b.example: Guten Tag & hallo\nWelt #Foto',
      lang: 'de',
      ownTags: [],
      referencedTags: ['foto'],
    });
  });

  it('should tell quotes, replies and edits', () => {
    const quote = { state: 'accepted', quoted_status: mastodonStatus({ uri: 'https://b.example/2' }) };
    expect(only({ quote, in_reply_to_id: '5' })).toMatchObject({
      kind: 'quote',
      refExtId: 'https://b.example/2',
      referencedTags: ['foto'],
    });
    expect(only({ in_reply_to_id: '5' })).toMatchObject({ kind: 'reply', refExtId: null });
    expect(only({ edited_at: '2026-07-05T00:00:00Z' })).toMatchObject({
      edited: true,
      version: '2026-07-05T00:00:00.000Z',
    });
  });

  it('should put the content warning before the text', () => {
    expect(only({ spoiler_text: 'Food', content: '<p>Eggs</p>' }).text).toBe('Food\n\nEggs');
  });

  it('should not pass on hidden counts or links that are no web addresses', () => {
    const post = only({ url: 'javascript:alert(1)', account: mastodonAccount({ followers_count: -1 }) });
    expect(post.url).toBeNull();
    expect(post.author.followers).toBeNull();
  });

  it('should read the messages of the streaming API', () => {
    const update = { stream: ['hashtag'], event: 'update', payload: JSON.stringify(mastodonStatus()) };
    expect(mapRecord(update)).toMatchObject({ format: 'mastodon-event', posts: [{ lang: 'de' }] });
    expect(mapRecord({ event: 'status.update', payload: mastodonStatus() })).toMatchObject({ posts: [{}] });
    expect(mapRecord({ event: 'delete', payload: '110000000000000001' })).toMatchObject({
      posts: [],
      deletions: [],
      skipped: 1,
    });
    expect(mapRecord({ event: 'update', payload: '{' })).toMatchObject({ type: 'bad' });
  });

  it('should refuse a status that has no name everyone shares', () => {
    expect(mapRecord(mastodonStatus({ uri: null }))).toMatchObject({ type: 'bad' });
    expect(mapRecord(mastodonStatus({ created_at: '0001-01-01T00:00:00Z' }))).toMatchObject({ type: 'bad' });
    expect(mapRecord(mastodonStatus({ account: {} }))).toMatchObject({ type: 'bad' });
  });
});

describe('htmlToText', () => {
  it.each([
    ['plain', 'plain'],
    ['<p>one</p><p>two<br/>three</p>', 'one\n\ntwo\nthree'],
    ['a &lt;b&gt; &amp;amp; &#39;c&#x27; &nbsp;', "a <b> &amp; 'c'"],
    ['<a href="https://e.org/x"><span class="invisible">https://</span><span>e.org/x</span></a>', 'https://e.org/x'],
    ['<script>alert(1)</script>x<style>y</style>', 'x'],
    ['<p>open <b>never closed', 'open never closed'],
    ['1 < 2', '1 < 2'],
    ['<ul><li>a</li><li>b</li></ul>', 'a\nb'],
  ])('should read %j', (html, expected) => {
    expect(htmlToText(html)).toBe(expected);
  });

  it('should stand deep nesting', () => {
    expect(htmlToText('<div>'.repeat(50_000) + 'x')).toBe('x');
  });
});
