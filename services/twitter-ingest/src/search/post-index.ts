import type { PostKind, Source } from '#libs/contracts';
import type { ListPostsFilter, PostPosition } from '../posts/post-listing.types.js';
import type { SearchQuery } from './search-query.domain.js';

/** A post as an index needs it. */
export interface IndexedPost {
  id: number;
  /** Grows with every change; an index keeps what has the highest. */
  rev: number;
  deleted: boolean;
  source: Source;
  kind: PostKind;
  lang: string;
  postedAt: Date;
  text: string;
  tags: readonly string[];
}

/** What became of posts that were given to an index. */
export interface PutResult {
  indexed: number;
  /** Already there in this or a later revision. */
  unchanged: number;
  /** Not accepted, and never will be. */
  rejected: number;
}

/** Where posts are found by their words. */
export interface PostIndex {
  readonly name: 'elasticsearch' | 'database';
  /** Whether what it finds still has to be compared with the query. */
  readonly isRough: boolean;
  /**
   * Tells this index from one that was made anew and is empty.
   *
   * @throws CodedError of kind `unavailable` while it is away, as the others do
   */
  identity(): Promise<string>;
  put(posts: readonly IndexedPost[]): Promise<PutResult>;
  /** Positions of posts behind `before`, newest first. The filter's tag and time count; its other parts may. */
  find(
    query: SearchQuery,
    filter: ListPostsFilter,
    before: PostPosition | null,
    limit: number,
  ): Promise<PostPosition[]>;
}

export const POST_INDEX = Symbol('post index');
