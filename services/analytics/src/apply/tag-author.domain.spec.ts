import { describe, expect, it } from 'vitest';
import { toAuthorRow } from './author.domain.js';
import type { KindCounts } from './delta-table.domain.js';
import { planTagAuthors, presence, ProfileDeltas } from './tag-author.domain.js';

const rank = toAuthorRow({
  id: 5,
  rev: 1,
  source: 'x',
  ext_id: '9',
  username: null,
  name: null,
  country: 'BR',
  followers: 3,
  followers_seen_at: 0,
});

function plan(counts: KindCounts, before?: KindCounts) {
  const profiles = new ProfileDeltas();
  const existing = new Map(before ? [['5|7', before]] : []);
  const { emptied } = planTagAuthors([{ key: [5, 7, 1], counts }], existing, new Map([[5, rank]]), profiles);
  return { emptied, changes: profiles.changes() };
}

describe('presence', () => {
  it('should count an author once in all and once per kind', () => {
    expect(presence([3, 0, 1, 0])).toEqual([1, 1, 0, 1, 0]);
    expect(presence([0, 0, 0, 0])).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('planTagAuthors', () => {
  it('should gain an author with the first post', () => {
    expect(plan([2, 0, 0, 0])).toEqual({ emptied: [], changes: [{ key: [7, 1, 'BR'], counts: [1, 1, 0, 0, 0] }] });
  });

  it('should gain a kind only for an author known before', () => {
    expect(plan([0, 1, 0, 0], [2, 0, 0, 0]).changes).toEqual([{ key: [7, 1, 'BR'], counts: [0, 0, 1, 0, 0] }]);
  });

  it('should change no profile by one more post of a kind', () => {
    expect(plan([1, 0, 0, 0], [2, 0, 0, 0])).toEqual({ emptied: [], changes: [] });
  });

  it('should lose an author with the last post', () => {
    expect(plan([-2, 0, 0, 0], [2, 0, 0, 0])).toEqual({
      emptied: [[5, 7]],
      changes: [{ key: [7, 1, 'BR'], counts: [-1, -1, 0, 0, 0] }],
    });
  });
});
