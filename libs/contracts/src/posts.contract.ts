import { z } from 'zod';
import { defineEvent, defineRpc } from './define.js';
import { cursorSchema, instantSchema, postKindSchema, sourceSchema, tagOriginSchema } from './common.js';
import { tagSchema } from './tag.js';

/** A post as the API shows it, of whatever source. Names are those of the REST API. */
export const postSchema = z.object({
  source: sourceSchema,
  id: z.string().describe('id at the source: X post id, ActivityPub URI or AT URI'),
  url: z.string().nullable(),
  posted_at: instantSchema,
  kind: postKindSchema,
  text: z.string(),
  lang: z.string(),
  country: z.string().nullable(),
  tags: z.array(z.object({ tag: z.string(), origins: z.array(tagOriginSchema) })),
  author: z.object({
    id: z.string(),
    username: z.string().nullable(),
    name: z.string().nullable(),
    followers: z.int().nullable(),
  }),
  metrics: z.object({
    reposts: z.int().nullable(),
    replies: z.int().nullable(),
    likes: z.int().nullable(),
    quotes: z.int().nullable(),
  }),
  sensitive: z.boolean(),
  edited: z.boolean(),
});
export type Post = z.infer<typeof postSchema>;

/** Captured posts that meet every given condition, newest first. `from` is inclusive, `to` exclusive. */
export const listPosts = defineRpc({
  name: 'twitter-ingest.posts.list',
  input: z.object({
    tag: tagSchema.optional(),
    source: sourceSchema.optional(),
    kind: postKindSchema.optional(),
    lang: z.string().optional(),
    from: instantSchema.optional(),
    to: instantSchema.optional(),
    q: z.string().min(1).max(200).optional(),
    limit: z.int().min(1).max(200),
    cursor: cursorSchema.optional(),
  }),
  output: z.object({ items: z.array(postSchema), next_cursor: z.string().nullable() }),
  idempotent: true,
});

/** Longest list of posts one event carries; keeps a message well below the 256 KiB cap. */
export const MAX_POSTS_PER_EVENT = 250;

/**
 * The whole state of some posts and their authors after a change, each with a revision that only grows. A consumer keeps
 * the newest revision it has seen, so order and repetition of events do not matter. A deleted post has no tags.
 */
export const postsChanged = defineEvent({
  name: 'twitter-ingest.posts.changed.v1',
  heardBy: ['analytics', 'twitter-ingest.search'],
  payload: z.object({
    import_id: z.uuid().nullable().describe('the import that caused the change; its progress counts applied events'),
    posts: z
      .array(
        z.object({
          id: z.int().describe('id of the post in the ingest schema'),
          rev: z.int(),
          deleted: z.boolean(),
          source: sourceSchema,
          kind: postKindSchema,
          lang: z.string(),
          country: z.string().nullable().describe('ISO 3166-1 alpha-2 of the place of the post itself'),
          posted_at: z.int().describe('milliseconds since the epoch'),
          author_id: z.int(),
          tags: z.array(z.object({ key: z.string(), spelling: z.string(), origins: z.array(tagOriginSchema) })),
        }),
      )
      .max(MAX_POSTS_PER_EVENT),
    authors: z.array(
      z.object({
        id: z.int(),
        rev: z.int(),
        source: sourceSchema,
        ext_id: z.string(),
        username: z.string().nullable(),
        name: z.string().nullable(),
        country: z.string().nullable().describe('ISO 3166-1 alpha-2, read from the free text of the profile location'),
        followers: z.int().nullable(),
        followers_seen_at: z.int().nullable().describe('milliseconds since the epoch'),
      }),
    ),
  }),
});
export type PostsChanged = z.infer<typeof postsChanged.payload>;
/** State of one post in a {@link PostsChanged} event. */
export type PostState = PostsChanged['posts'][number];
/** State of one author in a {@link PostsChanged} event. */
export type AuthorState = PostsChanged['authors'][number];
