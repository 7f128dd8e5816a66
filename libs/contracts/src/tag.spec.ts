import { describe, expect, it } from 'vitest';
import { tagKey, tagSchema } from './tag.js';

describe('tagKey', () => {
  it.each([
    ['#StandWithHongKong', 'standwithhongkong'],
    ['＃ＡＢＣ', 'abc'],
    ['Straße', 'strasse'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['οδος', 'οδοσ'],
    ['香港', '香港'],
    ['Україна', 'україна'],
    ['ılık', 'ılık'],
    ['e\u0301te\u0301', 'été'],
  ])('should fold %s to %s', (written, key) => {
    expect(tagKey(written)).toBe(key);
  });

  it('should give the same key for the key itself', () => {
    for (const tag of ['Straße', 'ΟΔΟΣ', 'İstanbul', 'ﬁn']) expect(tagKey(tagKey(tag))).toBe(tagKey(tag));
  });
});

describe('tagSchema', () => {
  it.each(['', '#', 'two words', 'a/b', 'x'.repeat(140), '##double', "a'b"])('should refuse %j', (text) => {
    expect(tagSchema.safeParse(text).success).toBe(false);
  });

  it('should accept the longest tag', () => {
    expect(tagSchema.parse('#' + 'É'.repeat(139))).toBe('é'.repeat(139));
  });
});
