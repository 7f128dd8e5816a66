import type { PostState } from '#libs/contracts';
import { KIND_CODE, LAST_INSTANT, NO_COUNTRY, ORIGIN_BIT, SOURCE_CODE, UNKNOWN_LANG } from '../codes.domain.js';

export interface TagUse {
  tagId: number;
  origins: number;
}

/** What the roll-ups know of one post. */
export interface PostFacts {
  postId: number;
  rev: number;
  source: number;
  kind: number;
  lang: string;
  country: string;
  authorId: number;
  postedAt: number;
  tags: TagUse[];
}

export interface NamedTag {
  key: string;
  spelling: string;
  origins: number;
}

const LANG = /^[A-Za-z0-9-]{1,35}$/;
const COUNTRY = /^[A-Z]{2}$/;
const MAX_TAG_CODE_POINTS = 139;

export function normaliseLang(lang: string): string {
  return LANG.test(lang) ? lang : UNKNOWN_LANG;
}

export function normaliseCountry(country: string | null): string {
  return country !== null && COUNTRY.test(country) ? country : NO_COUNTRY;
}

/** False for a post whose time no calendar date of four digits can name; such a post is left out of the figures. */
export function hasUsableTime(post: PostState): boolean {
  return post.posted_at >= 0 && post.posted_at <= LAST_INSTANT;
}

/** A post's tags, each key once with all its origins. */
export function namedTags(post: PostState): NamedTag[] {
  if (post.deleted) return [];
  const byKey = new Map<string, NamedTag>();
  for (const { key, spelling, origins } of post.tags) {
    const length = Array.from(key).length;
    if (length === 0 || length > MAX_TAG_CODE_POINTS) continue;
    const bits = origins.reduce((sum, origin) => sum | ORIGIN_BIT[origin], 0);
    const known = byKey.get(key);
    if (known) known.origins |= bits;
    else {
      const shown = Array.from(spelling.replace(/^[#＃]/u, ''))
        .slice(0, MAX_TAG_CODE_POINTS)
        .join('');
      byKey.set(key, { key, spelling: shown || key, origins: bits });
    }
  }
  return [...byKey.values()];
}

export function toFacts(post: PostState, tags: readonly NamedTag[], tagIds: ReadonlyMap<string, number>): PostFacts {
  return {
    postId: post.id,
    rev: post.rev,
    source: SOURCE_CODE[post.source],
    kind: KIND_CODE[post.kind],
    lang: normaliseLang(post.lang),
    country: normaliseCountry(post.country),
    authorId: post.author_id,
    postedAt: post.posted_at,
    tags: tags.map(({ key, origins }) => ({ tagId: tagIds.get(key)!, origins })),
  };
}

/** Of several states of one thing the one with the highest revision; order of arrival does not matter. */
export function newestById<T extends { id: number; rev: number }>(states: Iterable<T>): Map<number, T> {
  const newest = new Map<number, T>();
  for (const state of states) {
    const known = newest.get(state.id);
    if (known === undefined || state.rev > known.rev) newest.set(state.id, state);
  }
  return newest;
}
