import { describe, expect, it } from 'vitest';
import { BLOCK_POSTS, cutBlocks } from './blocks.domain.js';

describe('cutBlocks', () => {
  it.each([0, 1, 99, 100, 101, 250])('should put each of %i posts into one block', (count) => {
    const ids = Array.from({ length: count }, (_, index) => 10 + index * 3);
    const { blocks, scannedId } = cutBlocks(ids, 5, 2_000);
    expect(scannedId).toBe(2_000);
    expect(blocks.length).toBe(Math.ceil(count / BLOCK_POSTS));
    for (const id of ids) expect(blocks.filter(({ firstId, lastId }) => firstId <= id && id <= lastId).length).toBe(1);
    for (const { firstId, lastId } of blocks) {
      expect(ids.filter((id) => firstId <= id && id <= lastId).length).toBeLessThanOrEqual(BLOCK_POSTS);
    }
  });

  it('should leave no id between two blocks for a row that becomes visible late', () => {
    const { blocks } = cutBlocks(Array.from({ length: 250 }, (_, index) => 10 + index * 2), 5, 1_000); // prettier-ignore
    expect(blocks[0]?.firstId).toBe(6);
    for (const [index, block] of blocks.entries()) expect(blocks[index + 1]?.firstId ?? 1_001).toBe(block.lastId + 1);
  });
});
