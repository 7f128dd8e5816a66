import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeCursor } from '../cursor.domain.js';
import type { PostFinder } from '../search/post-finder.service.js';
import type { PostPosition } from './post-listing.types.js';
import type { PostReaderRepository } from './post-reader.repository.js';
import { PostsService } from './posts.service.js';
import type { TagRepository } from './tag.repository.js';

/** Posts without end, of which none is wanted, each thousand of them found in `stepMs`. */
function endless(stepMs: number): { sut: PostsService; steps: () => number } {
  let steps = 0;
  const candidates = async (before: PostPosition | null, limit: number): Promise<PostPosition[]> => {
    steps++;
    vi.advanceTimersByTime(stepMs);
    const newest = before?.id ?? 1_000_000;
    return Array.from({ length: limit }, (_, n) => ({ id: newest - n - 1, at: new Date(newest - n - 1) }));
  };
  const reader = { matching: async () => [], tagsOf: async () => [] } as unknown as PostReaderRepository;
  const finder = { find: () => ({ candidates, accepts: () => true }) } as unknown as PostFinder;
  return { sut: new PostsService({} as TagRepository, reader, finder), steps: () => steps };
}

describe('PostsService', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it.each([
    ['the most posts it looks at', 1, 20],
    ['the time it has', 700, 4],
  ])('should end a page at %s, and go on behind it', async (_what, stepMs, expected) => {
    const { sut, steps } = endless(stepMs);
    const { items, next_cursor: cursor } = await sut.list({ q: 'rare', limit: 50 });
    expect(items).toEqual([]);
    expect(steps()).toBe(expected);
    expect(decodeCursor(cursor!).id).toBe(1_000_000 - expected * 1_000);
  });
});
