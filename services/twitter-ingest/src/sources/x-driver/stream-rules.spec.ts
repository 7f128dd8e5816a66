import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { XRule } from '../x/index.js';
import { diffRules } from './stream-rules.js';
import { ruleTag, tagQuery } from './tag-query.js';

const part = (partId: number, tag: string) => ({
  partId,
  captureId: `c${partId}`,
  tag,
  tagKey: tag,
  budgetMicroUsd: null,
  since: new Date(0),
});
const rule = (id: string, tag: string | null, value: string): XRule => ({ id, tag, value });

/** What X has after a change. */
function apply(existing: readonly XRule[], diff: ReturnType<typeof diffRules>): XRule[] {
  const added = diff.add.map(({ tag, value }, index) => rule(`new${index}`, tag, value));
  return [...existing.filter(({ id }) => !diff.delete.includes(id)), ...added];
}

describe('diffRules', () => {
  it('should add what is missing and delete what nobody follows', () => {
    const existing = [rule('1', ruleTag('a'), '#a'), rule('2', ruleTag('b'), '#b')];
    const diff = diffRules(existing, [part(1, 'b'), part(2, 'c'), part(3, 'c')]);
    expect(diff).toMatchObject({ add: [{ tag: ruleTag('c'), value: '#c' }], delete: ['1'], left: [] });
    expect(diff.partsOf).toEqual(new Map([[ruleTag('b'), [1]], [ruleTag('c'), [2, 3]]])); // prettier-ignore
  });

  it('should leave the rules of others alone and use one that asks for the same', () => {
    const existing = [rule('1', 'theirs', '#a'), rule('2', null, 'cats')];
    const diff = diffRules(existing, [part(1, 'a')]);
    expect(diff).toMatchObject({ add: [], delete: [] });
    expect(diff.partsOf.get('theirs')).toEqual([1]);
  });

  it('should name the parts for which X has no room', () => {
    const diff = diffRules([rule('1', 'theirs', 'cats')], [part(1, 'a'), part(2, 'b'), part(3, 'a')], 2);
    expect(diff).toMatchObject({ add: [{ value: '#a' }], left: [2] });
  });

  it('should be content with what it made of any state', () => {
    const tags = fc.constantFrom('a', 'b', 'c', '展望');
    const existing = fc.array(fc.record({ ours: fc.boolean(), tag: tags, stale: fc.boolean() }), { maxLength: 8 });
    fc.assert(
      fc.property(existing, fc.array(tags, { maxLength: 6 }), (drafts, followed) => {
        const rules = drafts.map(({ ours, tag, stale }, index) =>
          rule(
            String(index),
            ours ? ruleTag(tag) : `other ${index}`,
            ours ? (stale ? 'old' : `#${tag}`) : `from:${index}`,
          ),
        );
        const parts = followed.map((tag, index) => part(index + 1, tag));
        const after = apply(rules, diffRules(rules, parts));
        const again = diffRules(after, parts);
        expect(again).toMatchObject({ add: [], delete: [], left: [] });
        expect(after.filter(({ value }) => value.startsWith('from:'))).toEqual(rules.filter(({ value }) => value.startsWith('from:'))); // prettier-ignore
        expect(new Set([...again.partsOf.values()].flat()).size).toBe(parts.length);
      }),
    );
  });
});

describe('tagQuery', () => {
  it('should be the tag as it is written, in compatible characters', () => {
    expect(tagQuery('#Straße', 'recent')).toBe('#Straße');
    expect(tagQuery('ＡＢ', 'recent')).toBe('#AB');
    expect(tagQuery('展望', 'rule')).toBe('#展望');
  });

  it('should refuse what X would refuse', () => {
    expect(() => tagQuery('a'.repeat(512), 'recent')).toThrow('512');
    expect(tagQuery('a'.repeat(511), 'recent')).toHaveLength(512);
  });
});

describe('ruleTag', () => {
  it('should be short for the longest tag', () => {
    expect(ruleTag('展'.repeat(139)).length).toBeLessThan(40);
  });
});
