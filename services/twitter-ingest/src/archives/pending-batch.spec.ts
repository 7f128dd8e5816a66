import { describe, expect, it } from 'vitest';
import type { ArchiveItem, Deletion, IncomingPost } from '../formats/index.js';
import { PendingBatch } from './pending-batch.js';

const item = (record: number, posts: number, deletions = 0): ArchiveItem => ({
  type: 'posts',
  format: 'x-v2-page',
  record,
  line: record + 1,
  posts: Array.from({ length: posts }, (_, n) => ({ extId: `${record}-${n}`, text: 'text' }) as IncomingPost),
  deletions: Array.from({ length: deletions }, (_, n) => ({ extId: `d${record}-${n}` }) as Deletion),
  skipped: 0,
  errors: [],
});

const shape = (batch: PendingBatch, size: number) =>
  [...batch.slices(size)].map(({ posts, deletions }) => [posts.length, deletions.length]);

describe(PendingBatch.name, () => {
  it('should keep posts that follow a deletion behind it', () => {
    const sut = new PendingBatch();
    [item(0, 2), item(1, 1, 1), item(2, 3)].forEach((one) => sut.add(one));
    expect(shape(sut, 100)).toEqual([
      [3, 1],
      [3, 0],
    ]);
    expect(sut.nextRecord).toBe(3);
  });

  it('should cut long segments and delete after the last slice', () => {
    const sut = new PendingBatch();
    sut.add(item(0, 5, 2));
    expect(shape(sut, 2)).toEqual([
      [2, 0],
      [2, 0],
      [1, 2],
    ]);
  });

  it('should cut where the texts grow too long for one statement', () => {
    const sut = new PendingBatch();
    sut.add(item(0, 5));
    expect([...sut.slices(100, 7)].map(({ posts }) => posts.length)).toEqual([2, 2, 1]);
  });

  it('should pass on a deletion without any post', () => {
    const sut = new PendingBatch();
    sut.add(item(7, 0, 1));
    expect(shape(sut, 2)).toEqual([[0, 1]]);
  });

  it('should keep the reason of a bad line, and know when the rest is unreadable', () => {
    const sut = new PendingBatch();
    sut.add({ type: 'bad', record: 3, line: 9, reason: 'no JSON', fatal: false });
    expect([sut.errors, sut.fatal]).toEqual([[{ line: 9, reason: 'no JSON' }], null]);
    sut.add({ type: 'bad', record: 4, line: 10, reason: 'cut off', fatal: true });
    expect(sut.fatal).toBe('cut off');
  });
});
