/** As many posts as X looks up at once. */
export const BLOCK_POSTS = 100;

export interface Cut {
  blocks: { firstId: number; lastId: number }[];
  scannedId: number;
}

/**
 * Cuts ids into blocks of at most {@link BLOCK_POSTS}.
 *
 * @param ids ascending, all above `after`
 * @param end up to where the table was read
 */
export function cutBlocks(ids: readonly number[], after: number, end: number): Cut {
  const blocks: Cut['blocks'] = [];
  let firstId = after + 1;
  for (let at = 0; at < ids.length; at += BLOCK_POSTS) {
    const lastId = at + BLOCK_POSTS < ids.length ? ids[at + BLOCK_POSTS - 1]! : end;
    blocks.push({ firstId, lastId });
    firstId = lastId + 1;
  }
  return { blocks, scannedId: end };
}
