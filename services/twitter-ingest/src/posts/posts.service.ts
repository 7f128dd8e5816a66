import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Post, TagOrigin, listPosts } from '#libs/contracts';
import { decodeCursor, encodeCursor } from '../cursor.domain.js';
import { kindOf, originsOf, sourceOf } from './codes.domain.js';
import type { ListPostsFilter, ListedPost, PostPosition } from './post-listing.types.js';
import { PostReaderRepository } from './post-reader.repository.js';
import { PostFinder } from '../search/post-finder.service.js';
import { parseSearch } from '../search/search-query.domain.js';
import { TagRepository } from './tag.repository.js';

type ListRequest = z.infer<typeof listPosts.input>;
type ListAnswer = z.infer<typeof listPosts.output>;

/** Posts looked at per step, and in all per request: a rare match in a huge tag costs several requests, not one slow one. */
const STEP = 1_000;
const MAX_SCANNED = 20_000;
/** No further step begins after that: a step of an index may take long itself, and the caller waits five seconds. */
const LONGEST_MS = 2_500;

@Injectable()
export class PostsService {
  constructor(
    private readonly tags: TagRepository,
    private readonly reader: PostReaderRepository,
    private readonly finder: PostFinder,
  ) {}

  /** Newest first. A page may be short although more follow; only a null cursor is the end. */
  async list(request: ListRequest): Promise<ListAnswer> {
    const query = request.q === undefined ? null : parseSearch(request.q);
    const filter = await this.filterOf(request);
    if (!filter) return { items: [], next_cursor: null };
    const { candidates: find, accepts } = this.finder.find(filter, query);
    let before = positionOf(request.cursor);
    const began = performance.now();
    const found: ListedPost[] = [];
    for (let scanned = 0; scanned < MAX_SCANNED && performance.now() - began < LONGEST_MS; scanned += STEP) {
      const candidates = await find(before, STEP);
      const ids = candidates.map((candidate) => candidate.id);
      found.push(...(await this.reader.matching(ids, filter)).filter(({ text }) => accepts(text)));
      before = candidates.at(-1) ?? before;
      if (found.length > request.limit) return this.page(found.slice(0, request.limit), null);
      if (candidates.length < STEP) return this.page(found, 'end');
    }
    return this.page(found, before);
  }

  /** @param resume where to go on: behind the last item (null), nowhere, or at a position */
  private async page(posts: ListedPost[], resume: PostPosition | 'end' | null): Promise<ListAnswer> {
    const last = posts.at(-1);
    const position = resume === null && last ? { id: last.id, at: last.posted_at } : resume;
    return {
      items: await this.toPosts(posts),
      next_cursor:
        position === null || position === 'end' ? null : encodeCursor({ at: position.at.getTime(), id: position.id }),
    };
  }

  private async filterOf(request: ListRequest): Promise<ListPostsFilter | undefined> {
    const tagId = request.tag === undefined ? null : await this.tags.find(request.tag);
    if (tagId === undefined) return undefined;
    return {
      ...request,
      tagId,
      from: request.from === undefined ? undefined : new Date(request.from),
      to: request.to === undefined ? undefined : new Date(request.to),
    };
  }

  /** The rows as the API shows them, with their tags. */
  async toPosts(rows: ListedPost[]): Promise<Post[]> {
    const tags = new Map<number, { tag: string; origins: TagOrigin[] }[]>(rows.map((row) => [row.id, []]));
    for (const { post_id, tag_key, origins } of await this.reader.tagsOf([...tags.keys()])) {
      tags.get(post_id)!.push({ tag: tag_key, origins: originsOf(origins) });
    }
    return rows.map((row) => toPost(row, tags.get(row.id)!));
  }
}

function positionOf(cursor: string | undefined): PostPosition | null {
  if (cursor === undefined) return null;
  const { at, id } = decodeCursor(cursor);
  return { at: new Date(at), id: Number(id) };
}

function toPost(row: ListedPost, tags: Post['tags']): Post {
  return {
    source: sourceOf(row.source),
    id: row.ext_id,
    url: row.url,
    posted_at: row.posted_at.toISOString(),
    kind: kindOf(row.kind),
    text: row.text,
    lang: row.lang,
    country: row.country,
    tags,
    author: { id: row.author_ext_id, username: row.username, name: row.name, followers: row.followers },
    metrics: { reposts: row.reposts, replies: row.replies, likes: row.likes, quotes: row.quotes },
    sensitive: row.is_sensitive === 1,
    edited: row.is_edited === 1,
  };
}
