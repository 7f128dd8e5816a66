import { describe, expect, it } from 'vitest';
import { codesOf, unitsOf } from './words.domain.js';

describe('unitsOf', () => {
  it.each([
    ['Fog lifting over the bay #lookout', ['fog', 'lifting', 'over', 'the', 'bay', 'lookout']],
    ['CAFÉ naïve Ünï', ['cafe', 'naive', 'uni']],
    ['Straße Łódź smørrebrød', ['strasse', 'lodz', 'smorrebrod']],
    ['ＦＵＬＬ width', ['full', 'width']],
    ["o'clock foo-bar foo_bar x@y.z", ['o', 'clock', 'foo', 'bar', 'foo_bar', 'x', 'y', 'z']],
    ['東京タワー2026', ['東', '京', 'タ', 'ワ', 'ー', '2026']],
    ['вид на море', ['вид', 'на', 'море']],
    ['й is not и', ['й', 'is', 'not', 'и']],
    ['ที่', ['ที่']],
    ['हिन्दी', ['हिन्दी']],
    ['🎉 ... !', []],
    ['', []],
  ])('should cut %j', (text, units) => {
    expect(unitsOf(text)).toEqual(units);
  });
});

describe('codesOf', () => {
  it('should leave out nothing that a database leaves out of its index', () => {
    // Short words and stop words of InnoDB.
    expect(codesOf('to be or a I')).toEqual(['xato', 'xabe', 'xaor', 'xaa', 'xai']);
  });

  it('should be plain ASCII, longer than two and at most 80 characters', () => {
    for (const code of codesOf(`東京 вид ${'я'.repeat(200)} ${'a'.repeat(200)} é`))
      expect(code).toMatch(/^[a-z0-9_]{3,80}$/);
  });

  it('should keep characters without spaces in pairs, and the last one alone', () => {
    const [first, second, last] = codesOf('東京塔');
    expect(codesOf('東京')[0]).toBe(first);
    expect(codesOf('京塔')).toEqual([second, last]);
  });

  it('should name a word once', () => {
    expect(codesOf('row row row')).toEqual(['xarow']);
  });

  it('should keep beginnings, whatever script the rest is in', () => {
    expect(codesOf('viewвид')[0]!.startsWith(codesOf('view')[0]!)).toBe(true);
    expect(codesOf('вида')[0]!.startsWith(codesOf('вид')[0]!)).toBe(true);
  });
});
