import { z } from 'zod';
import { postKindSchema, sourceSchema, tagSchema } from '#libs/contracts';
import { LIMITS } from '../../src/formats/index.js';

const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !/\p{Cs}/u.test(value), { error: 'half a character' });
const id = text(LIMITS.extId).min(1);
const country = z.string().regex(/^[A-Z]{2}$/);
const instant = z
  .int()
  .min(Date.UTC(2006, 0, 1))
  .max(Date.UTC(2100, 0, 1));
const count = z.int().nonnegative().nullable();
const tags = z
  .array(z.string().refine((tag) => tagSchema.safeParse(tag).success, { error: 'no tag' }))
  .max(LIMITS.tags)
  .refine((list) => new Set(list).size === list.length, { error: 'a tag twice' });

/** What every post that leaves the formats must be. */
export const incomingPostSchema = z.strictObject({
  source: sourceSchema,
  extId: id,
  version: text(LIMITS.version),
  url: z
    .string()
    .max(LIMITS.url)
    .regex(/^https?:\/\/\S+$/)
    .nullable(),
  postedAt: instant,
  kind: postKindSchema,
  refExtId: id.nullable(),
  text: text(LIMITS.text),
  lang: z.string().regex(/^[a-z]{2,3}$/),
  ownTags: tags,
  referencedTags: tags,
  country: country.nullable(),
  author: z.strictObject({
    source: sourceSchema,
    extId: id,
    username: text(LIMITS.username).min(1).nullable(),
    name: text(LIMITS.name).min(1).nullable(),
    followers: count,
    location: text(LIMITS.location).min(1).nullable(),
    country: country.nullable(),
    observedAt: instant.nullable(),
  }),
  metrics: z.strictObject({ reposts: count, replies: count, likes: count, quotes: count }),
  sensitive: z.boolean(),
  edited: z.boolean(),
  supersedes: z.array(id),
});

export const mappedSchema = z.union([
  z.strictObject({ type: z.literal('bad'), reason: text(1_000).min(1) }),
  z.strictObject({
    type: z.literal('posts'),
    format: z.string(),
    posts: z.array(incomingPostSchema),
    deletions: z.array(z.strictObject({ source: sourceSchema, extId: id, deletedAt: instant.nullable() })),
    skipped: z.int().nonnegative(),
    errors: z.array(z.strictObject({ reason: text(1_000).min(1) })),
  }),
]);
