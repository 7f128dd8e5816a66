import { tagKey, type TagOrigin } from '#libs/contracts';
import type { IncomingPost } from '../formats/index.js';
import { originBit } from './codes.domain.js';

/** A tag as the import or capture gave it. */
export interface QueryTag {
  key: string;
  spelling: string;
}

/** One tag of one post: where it comes from (bit set), and how it was written. */
export interface Tagging {
  origins: number;
  spelling: string;
}

const QUERY_BIT = originBit('query');

/** Folding is pure and the same tags come again and again. */
const keys = new Map<string, string>();
const MAX_CACHED_KEYS = 50_000;

function cachedKey(spelling: string): string {
  let key = keys.get(spelling);
  if (key === undefined) {
    if (keys.size >= MAX_CACHED_KEYS) keys.clear();
    key = tagKey(spelling);
    keys.set(spelling, key);
  }
  return key;
}

/** Tags of a post by key: those it uses, those the post it refers to uses, and those it was collected for. */
export function taggingsOf(post: IncomingPost, queryTags: QueryTag | readonly QueryTag[] | null): Map<string, Tagging> {
  const taggings = new Map<string, Tagging>();
  const add = (spelling: string, origin: TagOrigin) => {
    const key = cachedKey(spelling);
    const tagging = taggings.get(key);
    if (tagging) tagging.origins |= originBit(origin);
    else taggings.set(key, { origins: originBit(origin), spelling });
  };
  for (const spelling of post.ownTags) add(spelling, 'own');
  for (const spelling of post.referencedTags) add(spelling, 'referenced');
  for (const { spelling } of [queryTags ?? []].flat()) add(spelling, 'query');
  return taggings;
}

/** How a copy of a post stands to the version that is stored. */
export type VersionOrder = 'newer' | 'same' | 'older';

/**
 * Origins after a post was seen again. A newer version replaces the tags it uses but stays a result of the queries that
 * found it before; the same version can only add; of an older one only the query that found it is news.
 *
 * @returns origins by key; 0 means the tag is gone
 */
export function mergeOrigins(
  stored: ReadonlyMap<string, number>,
  incoming: ReadonlyMap<string, Tagging>,
  order: VersionOrder,
): Map<string, number> {
  const kept = order === 'newer' ? QUERY_BIT : ~0;
  const added = order === 'older' ? QUERY_BIT : ~0;
  const merged = new Map<string, number>();
  for (const [key, origins] of stored) merged.set(key, origins & kept);
  for (const [key, tagging] of incoming) {
    const origins = tagging.origins & added;
    if (origins !== 0) merged.set(key, (merged.get(key) ?? 0) | origins);
  }
  return merged;
}
