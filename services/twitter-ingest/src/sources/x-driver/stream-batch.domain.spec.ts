import { describe, expect, it } from 'vitest';
import { foldRecords, type StreamedRecord } from './stream-batch.domain.js';
import { payerOf } from './stream-rules.keeper.js';

function record(extId: string, parts: number[]): StreamedRecord {
  const mapped = { posts: [{ extId }], deletions: [], errors: [], skipped: 0 };
  const billed = { postIds: [extId], userIds: ['7'], requestsMicroUsd: 0 };
  return { item: { type: 'record', mapped, ruleTags: [], billed } as never, parts };
}

describe('foldRecords', () => {
  it('should give a post to every part and its price to the first', () => {
    const { items, bills } = foldRecords([record('1', [4, 5]), record('2', [5])], payerOf);
    expect(items.map(({ partId, posts }) => [partId, posts.map(({ extId }) => extId)])).toEqual([[4, ['1']], [5, ['1', '2']]]); // prettier-ignore
    expect(bills.map(({ partId, billed }) => [partId, billed.postIds])).toEqual([[4, ['1']], [5, ['2']]]); // prettier-ignore
  });

  it('should count what could not be read, and let nobody pay for posts of other rules', () => {
    const { items, invalid, bills } = foldRecords([{ item: null, parts: [] }, record('3', [])], payerOf);
    expect({ items, invalid }).toEqual({ items: [], invalid: 1 });
    expect(bills).toMatchObject([{ partId: 0, billed: { postIds: ['3'] } }]);
  });
});
