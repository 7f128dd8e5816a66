import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { booleanExpressionOf, matchesSearch, parseSearch } from './search-query.domain.js';
import { codesOf } from './words.domain.js';

describe('parseSearch', () => {
  it('should read words, phrases, beginnings and exclusions', () => {
    expect(parseSearch('Harbour "low tide" light* -storm -"high sea"')).toEqual([
      { units: ['harbour'], isPrefix: false, isExcluded: false },
      { units: ['low', 'tide'], isPrefix: false, isExcluded: false },
      { units: ['light'], isPrefix: true, isExcluded: false },
      { units: ['storm'], isPrefix: false, isExcluded: true },
      { units: ['high', 'sea'], isPrefix: false, isExcluded: true },
    ]);
  });

  it('should pass over what has no letters or digits, beside a word', () => {
    expect(parseSearch('cats & dogs').flatMap(({ units }) => units)).toEqual(['cats', 'dogs']);
  });

  it.each([
    ['"low tide', 'a quotation mark is not closed'],
    ['...', 'give at least one word'],
    ['-storm', 'give at least one word'],
    ['🎉', 'give at least one word'],
    ['l*', 'l* is not the beginning of one word'],
    ['low-ti*', 'low-ti* is not the beginning of one word'],
    [Array.from({ length: 17 }, (_, n) => `w${n}`).join(' '), 'at most 16 words and phrases, not 17'],
  ])('should refuse %j and say why', (q, problem) => {
    expect(() => parseSearch(q)).toThrow(problem);
    expect(() => parseSearch(q)).toThrow(
      expect.objectContaining({ code: 'POSTS.BAD_QUERY', kind: 'invalid' }) as Error,
    );
  });
});

describe('matchesSearch', () => {
  it.each([
    ['harbour', 'The HARBOUR at dawn', true],
    ['harbour', 'harbours', false],
    ['harb*', 'harbours', true],
    ['cafe', 'un Café', true],
    ['"low tide"', 'at low tide', true],
    ['"low tide"', 'tide low', false],
    ['low tide', 'tide is low', true],
    ['low-tide', 'low tide', true],
    ['fog -storm', 'fog and storm', false],
    ['fog -storm', 'fog and calm', true],
    ['東京', '東京タワー', true],
    ['京都', '東京都', true],
    ['京東', '東京', false],
    ['東', '塔東京', true],
    ['#lookout', 'at the lookout', true],
    ['the', 'over the bay', true],
  ])('should tell whether %j is in %j: %s', (q, text, expected) => {
    expect(matchesSearch(parseSearch(q), text)).toBe(expected);
  });
});

describe('booleanExpressionOf', () => {
  it('should ask for every wanted word and for nothing that is left out', () => {
    expect(booleanExpressionOf(parseSearch('low "the bay" light* -storm'))).toBe('+xalow +xathe +xabay +xalight*');
  });

  it('should ask for pairs of characters, and for a single one as the beginning of a pair', () => {
    const [pair] = codesOf('東京');
    expect(booleanExpressionOf(parseSearch('東京'))).toBe(`+${pair}`);
    expect(booleanExpressionOf(parseSearch('東'))).toBe(`+${codesOf('東')[0]}*`);
  });

  it('should find every text that matches', () => {
    const word = fc.constantFrom(
      'low',
      'tide',
      'to',
      'a',
      '東',
      '京',
      'タ',
      '東京',
      'вид',
      'é',
      'я',
      'light',
      '-',
      '.',
      'x_y',
    );
    const text = fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join(''));
    const texts = fc.array(fc.oneof(word, text), { minLength: 1, maxLength: 8 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(texts, fc.array(fc.oneof(word, text), { minLength: 1, maxLength: 3 }), (within, asked) => {
        const q = asked.filter((part) => /[\p{L}\p{N}]/u.test(part) && !part.startsWith('-')).join(' ');
        fc.pre(q !== '');
        const query = parseSearch(q);
        fc.pre(matchesSearch(query, within));
        const codes = codesOf(within);
        const found = booleanExpressionOf(query)
          .split(' ')
          .every((part) => {
            const code = part.slice(1).replace('*', '');
            return part.endsWith('*') ? codes.some((own) => own.startsWith(code)) : codes.includes(code);
          });
        expect(found, `${q} in ${within}`).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
