import { Inject, Injectable } from '@nestjs/common';
import { messageOf } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import { PostReaderRepository } from '../posts/post-reader.repository.js';
import type { ListPostsFilter, PostPosition } from '../posts/post-listing.types.js';
import { IndexFiller } from './index-filler.service.js';
import { POST_INDEX, type PostIndex } from './post-index.js';
import { matchesSearch, type SearchQuery } from './search-query.domain.js';
import { searchDuration } from './search.metrics.js';

const log = createLogger('PostFinder');

/** How the posts of one request are found. */
export interface Finding {
  /** Positions of posts that may be wanted, behind `before`, newest first. */
  candidates(before: PostPosition | null, limit: number): Promise<PostPosition[]>;
  /** Whether a candidate's text is wanted. */
  accepts(text: string): boolean;
}

/** Chooses between the index and the posts themselves: what is found is the same, only sooner or later. */
@Injectable()
export class PostFinder {
  constructor(
    private readonly reader: PostReaderRepository,
    private readonly filler: IndexFiller,
    @Inject(POST_INDEX) private readonly index: PostIndex,
  ) {}

  /** @param query what the text must have; null for any text */
  find(filter: ListPostsFilter, query: SearchQuery | null): Finding {
    const scan = (before: PostPosition | null, limit: number) => this.reader.candidates(filter, before, limit);
    if (query === null) return { candidates: scan, accepts: () => true };
    let usesIndex = this.filler.isComplete;
    return {
      candidates: async (before, limit) => {
        if (usesIndex) {
          try {
            return await this.measured(this.index.name, () => this.index.find(query, filter, before, limit));
          } catch (error) {
            usesIndex = false;
            log.warn(`searching in the posts themselves: ${messageOf(error)}`, { event: { action: 'post-search' } });
          }
        }
        return this.measured('scan', () => scan(before, limit));
      },
      accepts: (text) => (usesIndex && !this.index.isRough) || matchesSearch(query, text),
    };
  }

  private async measured<T>(way: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    let outcome = 'error';
    try {
      const result = await work();
      outcome = 'success';
      return result;
    } finally {
      searchDuration.observe({ way, outcome }, (performance.now() - began) / 1_000);
    }
  }
}
