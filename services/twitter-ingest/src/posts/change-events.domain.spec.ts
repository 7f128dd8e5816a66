import { describe, expect, it } from 'vitest';
import { MAX_POSTS_PER_EVENT, postsChanged, type AuthorState, type PostState } from '#libs/contracts';
import { toEvents } from './change-events.domain.js';

const post = (id: number, authorId: number, tag = 'tag'): PostState => ({
  id,
  rev: 1,
  deleted: false,
  source: 'x',
  kind: 'original',
  lang: 'en',
  country: null,
  posted_at: 0,
  author_id: authorId,
  tags: Array.from({ length: 20 }, (_, n) => ({ key: `${tag}${n}`, spelling: `${tag}${n}`, origins: ['own'] })),
});

const author = (id: number): AuthorState => ({
  id,
  rev: 1,
  source: 'x',
  ext_id: String(id),
  username: 'u'.repeat(255),
  name: '名'.repeat(255),
  country: null,
  followers: 1,
  followers_seen_at: 1,
});

describe('toEvents', () => {
  it('should give every post once, with its author in the same event', () => {
    const posts = Array.from({ length: 1_000 }, (_, id) => post(id, id % 77));
    const events = toEvents(null, posts, new Set(), author);
    expect(events.flatMap((event) => event.posts)).toEqual(posts);
    for (const event of events) {
      expect(event.posts.length).toBeLessThanOrEqual(MAX_POSTS_PER_EVENT);
      const known = new Set(event.authors.map(({ id }) => id));
      expect(event.posts.every((one) => known.has(one.author_id))).toBe(true);
      expect(postsChanged.payload.safeParse(event).success).toBe(true);
    }
  });

  it('should stay below the size of a message even with long tags of a wide script', () => {
    const posts = Array.from({ length: 500 }, (_, id) => post(id, id, '標'.repeat(130)));
    for (const event of toEvents(null, posts, new Set(), author)) {
      expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(256 * 1024);
    }
  });

  it('should announce authors that changed without a post', () => {
    const events = toEvents(null, [], new Set([5, 6]), author);
    expect(events.map((event) => event.authors.map(({ id }) => id))).toEqual([[5, 6]]);
  });

  it('should say nothing when nothing changed', () => {
    expect(toEvents(null, [], new Set(), author)).toEqual([]);
  });
});
