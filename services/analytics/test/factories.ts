import type { AuthorState, PostState } from '#libs/contracts';

export const NOON = Date.UTC(2024, 4, 1, 12);

export function post(change: Partial<PostState> = {}): PostState {
  return {
    id: 1,
    rev: 1,
    deleted: false,
    source: 'x',
    kind: 'original',
    lang: 'en',
    country: 'BR',
    posted_at: NOON,
    author_id: 10,
    tags: [
      { key: 'alpha', spelling: 'Alpha', origins: ['query'] },
      { key: 'beta', spelling: 'Beta', origins: ['own'] },
    ],
    ...change,
  };
}

export function author(change: Partial<AuthorState> = {}): AuthorState {
  return {
    id: 10,
    rev: 1,
    source: 'x',
    ext_id: '100',
    username: 'ana',
    name: 'Ana',
    country: 'PT',
    followers: 7,
    followers_seen_at: NOON,
    ...change,
  };
}
