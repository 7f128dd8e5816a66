import { describe, expect, it } from 'vitest';
import type { XCheck } from '../sources/x/index.js';
import { GONE, judge } from './verdict.domain.js';

const check = (part: Partial<XCheck>): XCheck => ({
  found: [],
  missing: [],
  withheld: [],
  rate: null,
  billed: { postIds: [], userIds: [], requestsMicroUsd: 0 },
  requests: 1,
  ...part,
});
const none: ReadonlySet<string> = new Set();
const found = (id: string, latestId = id) => ({ id, latestId, hasPlace: false });

describe('judge', () => {
  it('should let go what X says is gone, and keep what it says nothing about', () => {
    const reasons = ['not-found', 'not-authorized', 'suspended', 'withheld', 'unexplained', 'other'] as const;
    const missing = reasons.map((reason) => ({ id: reason, reason }));
    const { verdicts } = judge(check({ missing, found: [found('there')] }), none);
    expect([...verdicts].filter(([, verdict]) => !GONE.has(verdict))).toEqual([
      ['unexplained', 'unknown'],
      ['other', 'unknown'],
      ['there', 'kept'],
    ]);
  });

  it('should take a post that is withheld anywhere for gone', () => {
    const withheld = [{ id: '1', countries: ['DE'] }, { id: '4', countries: [] }]; // prettier-ignore
    const { verdicts, edited } = judge(check({ found: [found('1'), found('2'), found('3', '4')], withheld }), none);
    expect(Object.fromEntries(verdicts)).toEqual({ 1: 'withheld', 2: 'kept', 3: 'withheld' });
    expect(edited.size).toBe(0);
  });

  it('should name the newest version of edited posts', () => {
    const { verdicts, edited } = judge(check({ found: [found('1', '9')] }), none);
    expect([verdicts.get('1'), edited.get('1')]).toEqual(['edited', '9']);
  });

  it('should take the place off a post that no longer names one', () => {
    const { verdicts } = judge(check({ found: [found('1'), { ...found('2'), hasPlace: true }, found('3')] }), new Set(['1', '2'])); // prettier-ignore
    expect(Object.fromEntries(verdicts)).toEqual({ 1: 'unplaced', 2: 'kept', 3: 'kept' });
  });
});
