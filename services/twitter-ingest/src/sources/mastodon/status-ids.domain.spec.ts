import { describe, expect, it } from 'vitest';
import { compareIds, keepOverlap, mergeMarks, missingFrom, OVERLAP_MS, type Mark } from './status-ids.domain.js';

const NOW = 10_000_000_000;

describe('status ids', () => {
  it('should sort by length, then as text', () => {
    expect(['100', '99', '9', 'a1', '101'].toSorted(compareIds)).toEqual(['9', '99', 'a1', '100', '101']);
  });

  it('should merge marks newest first and each once', () => {
    const sut = mergeMarks(
      [
        ['9', 1],
        ['7', 1],
      ],
      [
        ['10', 2],
        ['9', 3],
      ],
    );
    expect(sut).toEqual([
      ['10', 2],
      ['9', 3],
      ['7', 1],
    ]);
  });

  it('should miss what a page leaves out of its own, and nothing it could not have shown', () => {
    const known: Mark[] = [
      ['12', NOW, 'ours/12'],
      ['9', NOW, 'ours/9'],
      ['8', NOW],
      ['7', NOW, 'ours/7'],
      ['5', NOW, 'ours/5'],
    ];
    const page: Mark[] = [
      ['10', NOW, 'ours/10'],
      ['7', NOW, 'ours/7'],
    ];
    expect(missingFrom(page, known, '5', false)).toEqual([['9', NOW, 'ours/9']]);
    expect(missingFrom(page, known, '5', true).map(([id]) => id)).toEqual(['12', '9']);
    expect(missingFrom([], known, '9', true).map(([id]) => id)).toEqual(['12']);
    expect(missingFrom([], known, '5', false)).toEqual([]);
  });

  it('should keep everything within the overlap and one mark below it', () => {
    const marks: Mark[] = [
      ['5', NOW],
      ['4', NOW - OVERLAP_MS + 1],
      ['3', NOW - OVERLAP_MS],
      ['2', NOW - 2 * OVERLAP_MS],
    ];
    expect(keepOverlap(marks, NOW).map(([id]) => id)).toEqual(['5', '4', '3']);
  });

  it('should keep at most five pages', () => {
    const marks = Array.from({ length: 1_000 }, (_, index): Mark => [String(9_999 - index), NOW]);
    expect(keepOverlap(marks, NOW)).toHaveLength(200);
  });

  it('should keep what there is when all of it is new', () => {
    expect(keepOverlap([['1', NOW]], NOW)).toEqual([['1', NOW]]);
    expect(keepOverlap([], NOW)).toEqual([]);
  });
});
