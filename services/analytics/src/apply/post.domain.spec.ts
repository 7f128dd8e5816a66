import { describe, expect, it } from 'vitest';
import type { PostState } from '#libs/contracts';
import { hasUsableTime, namedTags, newestById, normaliseCountry, normaliseLang } from './post.domain.js';

const post: PostState = {
  id: 1,
  rev: 1,
  deleted: false,
  source: 'x',
  kind: 'original',
  lang: 'en',
  country: null,
  posted_at: 0,
  author_id: 1,
  tags: [],
};

describe('namedTags', () => {
  it('should join the origins of a key and keep the first spelling without its mark', () => {
    const tags: PostState['tags'] = [
      { key: 'abc', spelling: '#Abc', origins: ['query'] },
      { key: 'abc', spelling: 'ABC', origins: ['own', 'referenced'] },
    ];
    expect(namedTags({ ...post, tags })).toEqual([{ key: 'abc', spelling: 'Abc', origins: 7 }]);
  });

  it('should leave out keys no column could hold', () => {
    const tags: PostState['tags'] = [{ key: 'x'.repeat(140), spelling: 'x', origins: ['own'] }];
    expect(namedTags({ ...post, tags })).toEqual([]);
  });

  it('should give a deleted post no tags', () => {
    expect(namedTags({ ...post, deleted: true, tags: [{ key: 'a', spelling: 'a', origins: ['own'] }] })).toEqual([]);
  });
});

describe('newestById', () => {
  it('should keep the highest revision in any order', () => {
    const states = [2, 5, 3].map((rev) => ({ id: 1, rev }));
    expect([...newestById(states).values()]).toEqual([{ id: 1, rev: 5 }]);
    expect([...newestById(states.toReversed()).values()]).toEqual([{ id: 1, rev: 5 }]);
  });
});

describe('hasUsableTime', () => {
  it.each([
    [0, true],
    [253_402_300_799_999, true],
    [253_402_300_800_000, false],
    [-1, false],
  ])('should say of %d: %s', (postedAt, usable) => {
    expect(hasUsableTime({ ...post, posted_at: postedAt })).toBe(usable);
  });
});

describe('normalising', () => {
  it('should take what is no language for unknown', () => {
    expect(['pt-BR', '', 'x'.repeat(36), 'język'].map(normaliseLang)).toEqual(['pt-BR', 'und', 'und', 'und']);
  });

  it('should take what is no country code for none', () => {
    expect(['BR', 'br', 'BRA', null].map(normaliseCountry)).toEqual(['BR', '', '', '']);
  });
});
