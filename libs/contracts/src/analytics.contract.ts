import { z } from 'zod';
import { defineEvent, defineRpc } from './define.js';
import { instantSchema, postKindSchema, sourceSchema, POST_KINDS } from './common.js';
import { tagSchema } from './tag.js';

/** What every report can be narrowed by. `from` is inclusive, `to` exclusive. */
export const reportFilterSchema = z.object({
  tag: tagSchema,
  from: instantSchema.optional(),
  to: instantSchema.optional(),
  source: sourceSchema.optional(),
  kind: postKindSchema.optional(),
});
export type ReportFilter = z.infer<typeof reportFilterSchema>;

function isTimeZone(name: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

/** An IANA time zone name; fixed offsets such as +05:30 are refused, they know no daylight saving. */
export const timeZoneSchema = z
  .string()
  .refine(isTimeZone, { error: 'an IANA time zone such as UTC, America/Sao_Paulo or Asia/Kolkata' });

/** Lengths of the steps of a series. Days, weeks (from Monday) and months are those of the asked time zone. */
export const INTERVALS = ['15m', 'hour', 'day', 'week', 'month'] as const;
/** One of {@link INTERVALS}. */
export const intervalSchema = z.enum(INTERVALS);
export type Interval = z.infer<typeof intervalSchema>;

const count = z.int().nonnegative();

/** How many posts and authors a tag has, since when, and of which kinds. */
export const summaryReport = defineRpc({
  name: 'analytics.report.summary',
  input: reportFilterSchema,
  output: z.object({
    tag: z.string(),
    posts: count,
    authors: count,
    first_post_at: instantSchema.nullable(),
    last_post_at: instantSchema.nullable(),
    kinds: z.object({ original: count, reply: count, quote: count, repost: count } satisfies Record<
      (typeof POST_KINDS)[number],
      typeof count
    >),
  }),
  idempotent: true,
});

/** Authors of the tag's posts by followers, as last seen; ties by user id ascending as a number. */
export const topUsersReport = defineRpc({
  name: 'analytics.report.top-users',
  input: reportFilterSchema.extend({ limit: z.int().min(1).max(100).default(5) }),
  output: z.object({
    tag: z.string(),
    users: z.array(
      z.object({
        rank: z.int(),
        source: sourceSchema,
        user_id: z.string(),
        username: z.string().nullable(),
        name: z.string().nullable(),
        followers: z.int().nullable(),
        posts: count,
        followers_seen_at: instantSchema.nullable(),
      }),
    ),
  }),
  idempotent: true,
});

/** Posts by hour of the day in a time zone: 24 rows, zeros included. */
export const postsByHourReport = defineRpc({
  name: 'analytics.report.posts-by-hour',
  input: reportFilterSchema.extend({ tz: timeZoneSchema.default('UTC') }),
  output: z.object({
    tag: z.string(),
    tz: z.string(),
    hours: z.array(z.object({ hour: z.int().min(0).max(23), posts: count })).length(24),
  }),
  idempotent: true,
});

/** Posts by their language; `und` when it is unknown. */
export const postsByLanguageReport = defineRpc({
  name: 'analytics.report.posts-by-language',
  input: reportFilterSchema,
  output: z.object({
    tag: z.string(),
    basis: z.literal('post').describe('the language is that of the post, not of its author'),
    languages: z.array(z.object({ lang: z.string(), posts: count })),
  }),
  idempotent: true,
});

/** Posts by the country of their place, and authors by the country of their profile, kept apart. */
export const postsByCountryReport = defineRpc({
  name: 'analytics.report.posts-by-country',
  input: reportFilterSchema,
  output: z.object({
    tag: z.string(),
    place: z
      .array(z.object({ country: z.string(), posts: count }))
      .describe('by the place the post itself names; "none" counts posts without one'),
    profile: z
      .array(z.object({ country: z.string(), authors: count }))
      .describe('authors by the country read from their profile location; "none" where none could be read'),
  }),
  idempotent: true,
});

/** A series of counts, zeros included. */
export const postsOverTimeReport = defineRpc({
  name: 'analytics.report.posts-over-time',
  input: reportFilterSchema.extend({
    interval: intervalSchema.default('day'),
    tz: timeZoneSchema.default('UTC'),
  }),
  output: z.object({
    tag: z.string(),
    tz: z.string(),
    interval: intervalSchema,
    points: z.array(z.object({ start: instantSchema, posts: count })),
  }),
  idempotent: true,
});

/** Tags that posts of the tag carry as well, most frequent first. */
export const cooccurringTagsReport = defineRpc({
  name: 'analytics.report.cooccurring-tags',
  input: reportFilterSchema.extend({ limit: z.int().min(1).max(200).default(20) }),
  output: z.object({ tag: z.string(), tags: z.array(z.object({ tag: z.string(), posts: count })) }),
  idempotent: true,
});

/** A tag and those used with it, as a network: nodes with all their posts, edges with the posts two tags share. */
export const tagNetworkReport = defineRpc({
  name: 'analytics.report.tag-network',
  input: reportFilterSchema
    .pick({ tag: true, source: true, kind: true })
    .extend({ limit: z.int().min(1).max(200).default(50).describe('tags beside the asked one') }),
  output: z.object({
    tag: z.string(),
    nodes: z.array(z.object({ tag: z.string(), posts: count })).describe('the asked tag first, if it has a post'),
    edges: z.array(z.object({ a: z.string(), b: z.string(), posts: count })).describe('each pair once'),
  }),
  timeoutMs: 15_000,
  idempotent: true,
});
export type TagNetwork = z.infer<typeof tagNetworkReport.output>;

/** The roll-ups now include everything one posts event said. */
export const postsApplied = defineEvent({
  name: 'analytics.posts.applied.v1',
  heardBy: ['twitter-ingest'],
  payload: z.object({
    import_id: z.uuid(),
    events: z.int().positive().describe('how many events of the import this announcement covers'),
  }),
});
