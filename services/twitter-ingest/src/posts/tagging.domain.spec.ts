import { describe, expect, it } from 'vitest';
import type { IncomingPost } from '../formats/index.js';
import { originBit } from './codes.domain.js';
import { mergeOrigins, taggingsOf, type Tagging } from './tagging.domain.js';

const [query, own, referenced] = [originBit('query'), originBit('own'), originBit('referenced')];

const tags = (ownTags: string[], referencedTags: string[]) => ({ ownTags, referencedTags }) as IncomingPost;
const taggings = (origins: Record<string, number>) =>
  new Map<string, Tagging>(Object.entries(origins).map(([key, bits]) => [key, { origins: bits, spelling: key }]));

describe('taggingsOf', () => {
  it('should join the origins of one tag whatever its spelling', () => {
    const found = taggingsOf(tags(['Café'], ['CAFÉ', 'Other']), { key: 'café', spelling: 'café' });
    expect([...found]).toEqual([
      ['café', { origins: query | own | referenced, spelling: 'Café' }],
      ['other', { origins: referenced, spelling: 'Other' }],
    ]);
  });
});

describe('mergeOrigins', () => {
  const stored = new Map([
    ['a', own],
    ['q', query | own],
  ]);

  it('should only add when the same version is seen again', () => {
    expect(mergeOrigins(stored, taggings({ a: query, b: own }), 'same')).toEqual(
      new Map([
        ['a', own | query],
        ['q', query | own],
        ['b', own],
      ]),
    );
  });

  it('should drop tags a newer version no longer uses, but not what a query found', () => {
    expect(mergeOrigins(stored, taggings({ b: own }), 'newer')).toEqual(
      new Map([
        ['a', 0],
        ['q', query],
        ['b', own],
      ]),
    );
  });

  it('should learn nothing from an older version but the query that found it', () => {
    expect(mergeOrigins(stored, taggings({ a: query, b: own }), 'older')).toEqual(
      new Map([
        ['a', own | query],
        ['q', query | own],
      ]),
    );
  });
});
