/** Millionths of a dollar in a dollar: all money is counted in whole millionths. */
export const MICRO = 1_000_000;

/**
 * What X charges, in millionths of a dollar (X developer docs, "Pricing" and the rate card of the developer console,
 * read in August 2026). A post or user costs once per UTC day however often it is read ("soft guarantee").
 */
export const X_PRICES = {
  post: 5_000,
  user: 10_000,
  /** Per request, whatever it finds. */
  countsRecent: 5_000,
  countsArchive: 10_000,
} as const;

/** How much one post of a page can bring along. */
export interface PageShape {
  /** Posts it refers to: a reply may quote another post as well. */
  referencedPosts: number;
  /** Users beside it: X adds authors of referenced posts only when asked to, and we do not ask. */
  users: number;
}

/** What the expansions of our searches add to a post. */
export const X_PAGE_SHAPE: PageShape = { referencedPosts: 2, users: 1 };

/** Most that one post of a page can cost: nothing of it was billed before, and nothing is shared between posts. */
export function worstCasePerPost(authorsBilled: boolean, shape: PageShape = X_PAGE_SHAPE): number {
  const posts = (1 + shape.referencedPosts) * X_PRICES.post;
  return posts + (authorsBilled ? shape.users * X_PRICES.user : 0);
}

/** How many posts a page may ask for. */
export interface PageRange {
  min: number;
  max: number;
}

/** The largest page whose worst case the money covers; null when not even the smallest is covered. */
export function affordablePage(available: number, perPost: number, range: PageRange): number | null {
  const posts = Math.min(range.max, Math.floor(available / perPost));
  return posts >= range.min ? posts : null;
}

/** The price of things that were billed now. */
export function priceOf(posts: number, users: number): number {
  return posts * X_PRICES.post + users * X_PRICES.user;
}

/** An amount for people: dollars without needless zeros. */
export function formatUsd(microUsd: number): string {
  return `USD ${(microUsd / MICRO).toFixed(6).replace(/(\.\d{2}\d*?)0+$/, '$1')}`;
}
