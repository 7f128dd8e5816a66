import type { Json } from './x-v2.factory.js';

export function jetstreamEvent(commit: Json, overrides: Json = {}): Json {
  return {
    did: 'did:plc:abcdefghijklmnopqrstuvwx',
    time_us: 1_783_175_888_114_190,
    kind: 'commit',
    commit: {
      rev: '3mptbypp7t22e',
      operation: 'create',
      collection: 'app.bsky.feed.post',
      rkey: '3mptbypowzs2e',
      cid: 'bafyreiaaaa',
      ...commit,
    },
    ...overrides,
  };
}

export function blueskyPost(overrides: Json = {}): Json {
  return {
    $type: 'app.bsky.feed.post',
    createdAt: '2026-07-04T14:38:07.594Z',
    langs: ['pt-BR'],
    text: 'Olá #Céu',
    facets: [
      { index: { byteStart: 5, byteEnd: 10 }, features: [{ $type: 'app.bsky.richtext.facet#tag', tag: 'Céu' }] },
    ],
    ...overrides,
  };
}

export function mastodonAccount(overrides: Json = {}): Json {
  return {
    id: '1',
    acct: 'lena',
    display_name: 'Lena',
    url: 'https://social.example/@lena',
    uri: 'https://social.example/users/lena',
    followers_count: 12,
    ...overrides,
  };
}

export function mastodonStatus(overrides: Json = {}): Json {
  return {
    id: '110000000000000001',
    uri: 'https://social.example/users/lena/statuses/110000000000000001',
    url: 'https://social.example/@lena/110000000000000001',
    created_at: '2026-07-04T14:38:07.594Z',
    edited_at: null,
    in_reply_to_id: null,
    sensitive: false,
    spoiler_text: '',
    language: 'de',
    content: '<p>Guten Tag &amp; hallo<br>Welt <a href="https://social.example/tags/Foto">#<span>Foto</span></a></p>',
    tags: [{ name: 'foto', url: 'https://social.example/tags/foto' }],
    account: mastodonAccount(),
    reblog: null,
    replies_count: 1,
    reblogs_count: 2,
    favourites_count: 3,
    ...overrides,
  };
}

/** The part of a timeline that a request asks for, as Mastodon pages it. */
export function timelinePage(timeline: readonly Json[], path: string): Json[] {
  const query = new URL(path, 'http://x').searchParams;
  const limit = Number(query.get('limit'));
  const key = (id: unknown) => String(id).padStart(30, '0');
  const newestFirst = timeline.toSorted((a, b) => (key(a.id) < key(b.id) ? 1 : -1));
  const [min, max] = [query.get('min_id'), query.get('max_id')];
  if (min !== null) return newestFirst.filter(({ id }) => key(id) > key(min)).slice(-limit);
  return newestFirst.filter(({ id }) => max === null || key(id) < key(max)).slice(0, limit);
}
