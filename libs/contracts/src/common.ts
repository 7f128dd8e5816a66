import { z } from 'zod';

/** Where posts come from: the networks, and the simulator of X, so that made-up posts can always be told from real ones. */
export const SOURCES = ['x', 'mastodon', 'bluesky', 'x-simulator'] as const;
/** One of {@link SOURCES}. */
export const sourceSchema = z.enum(SOURCES);
export type Source = z.infer<typeof sourceSchema>;

/** What a post is. A post that is several of these at once is the first that fits: repost, quote, reply, original. */
export const POST_KINDS = ['original', 'reply', 'quote', 'repost'] as const;
/** One of {@link POST_KINDS}. */
export const postKindSchema = z.enum(POST_KINDS);
export type PostKind = z.infer<typeof postKindSchema>;

/** Why a post belongs to a tag: the capture or import says so, its own entities, or those of the post it refers to. */
export const TAG_ORIGINS = ['query', 'own', 'referenced'] as const;
/** One of {@link TAG_ORIGINS}. */
export const tagOriginSchema = z.enum(TAG_ORIGINS);
export type TagOrigin = z.infer<typeof tagOriginSchema>;

/** An instant, as ISO 8601 text with an offset; answers always use UTC with milliseconds. */
export const instantSchema = z.iso.datetime({ offset: true });

/** Opaque position in a listing, to be handed back unchanged. */
export const cursorSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,400}$/, { error: 'a cursor is the next_cursor of an earlier page, unchanged' });

/** Whom data and quotas belong to; `anonymous` for callers without a key. */
export const tenantSchema = z.string().min(1).max(64);
