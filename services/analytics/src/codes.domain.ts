import type { PostKind, Source, TagOrigin } from '#libs/contracts';

// Stored in the tables: a number, once given, keeps its meaning for ever.
export const SOURCE_CODE = { x: 1, mastodon: 2, bluesky: 3, 'x-simulator': 4 } as const satisfies Record<
  Source,
  number
>;
export const KIND_CODE = { original: 1, reply: 2, quote: 3, repost: 4 } as const satisfies Record<PostKind, number>;
export const ORIGIN_BIT = { query: 1, own: 2, referenced: 4 } as const satisfies Record<TagOrigin, number>;

/** Column of each kind in every roll-up, in the order of KIND_CODE. */
export const KIND_COLUMNS = ['original', 'reply', 'quote', 'repost'] as const satisfies readonly PostKind[];

/** A tag is used by a post when the post or the one it refers to writes it, not when only a query returned it. */
export const USED_BITS = ORIGIN_BIT.own | ORIGIN_BIT.referenced;

/** Country of a post or author that has none. */
export const NO_COUNTRY = '';
export const UNKNOWN_LANG = 'und';

export const QUARTER_MS = 900_000;
export const DAY_MS = 86_400_000;

/** Last instant of the year 9999, the end of what ISO 8601 text with four digits can say. */
export const LAST_INSTANT = 253_402_300_799_999;

const SOURCE_NAME = new Map<number, Source>(
  (Object.keys(SOURCE_CODE) as Source[]).map((source) => [SOURCE_CODE[source], source]),
);

export function sourceName(code: number): Source {
  const name = SOURCE_NAME.get(code);
  if (name === undefined) throw new Error(`unknown source code ${code} in the database`);
  return name;
}
