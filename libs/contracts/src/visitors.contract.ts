import { z } from 'zod';
import { cursorSchema, instantSchema, tenantSchema } from './common.js';
import { defineEvent, defineRpc } from './define.js';

/** Which rules the figures follow; a change of the rules is a new name, never a silent change of the numbers. */
export const VISITOR_DEFINITION = 'v1';

/** A sketch has 2^15 registers: standard error 1.04 / sqrt(2^15) = 0.57 %, so that 2 % is 3.5 standard errors. */
export const SKETCH_PRECISION = 15;

/** Largest rank a register can hold: the zero bits before the first one in what 64 bits leave beside the index, plus 1. */
export const MAX_SKETCH_RANK = 64 - SKETCH_PRECISION + 1;

/** A register and a rank as one number: `index * 64 + rank`. */
export const RANK_RADIX = 64;

/** Most different visitors of one tally: it keeps an event below the size limit of a message. */
export const MAX_TALLY_VISITORS = 2_000;

/** Most different referrers of one tally, those summed up as {@link OTHER_REFERRERS} included. */
export const MAX_TALLY_REFERRERS = 50;

/** Stands for referrers that are not told apart. No host has this name. */
export const OTHER_REFERRERS = '(other)';

/** Host name under which visits are counted. */
export const siteSchema = z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?$/, {
  error: 'a host name in lower case, at most 100 characters',
});

/** One UTC day, as `YYYY-MM-DD`. */
export const daySchema = z.iso.date();

const count = z.int().nonnegative();

const referrerSchema = z.object({ host: z.union([siteSchema, z.literal(OTHER_REFERRERS)]), hits: count });

/**
 * What one site got on one day, summed over many hits. Who came is only in the two lists, in no order, so that nothing
 * connects an entry of one with an entry of the other.
 */
export const visitTallySchema = z.object({
  site: siteSchema,
  day: daySchema,
  hits: count.describe('pages shown to people'),
  dnt: count.describe('those of the hits whose sender asked not to be followed'),
  bots: count.describe('pages fetched by programs; not among the hits'),
  visitors: z
    .array(z.string().regex(/^[\w-]{22}$/))
    .max(MAX_TALLY_VISITORS)
    .describe('different visitors: 16 bytes of an HMAC under the key of the day, base64url'),
  registers: z
    .array(
      z.object({
        period: z.int(),
        values: z.array(
          z
            .int()
            .min(0)
            .max(2 ** SKETCH_PRECISION * RANK_RADIX),
        ),
      }),
    )
    .max(2)
    .describe('what the visitors do to the sketch of each key period'),
  referrers: z
    .array(referrerSchema)
    .max(MAX_TALLY_REFERRERS)
    .default([])
    .describe('hosts whose pages led to some of the hits; events of before this was counted have none'),
});
export type VisitTally = z.infer<typeof visitTallySchema>;

/** Visits the gateway has seen, summed up. The message id makes a repeated delivery harmless. */
export const visitsRecorded = defineEvent({
  name: 'gateway.visits.recorded.v1',
  heardBy: ['visitors'],
  payload: z.object({
    first_at: instantSchema.describe('time of the oldest hit in it'),
    tallies: z.array(visitTallySchema).min(1).max(500),
  }),
});
export type VisitsRecorded = z.infer<typeof visitsRecorded.payload>;

const secretSchema = z.string().regex(/^[\w-]{43}$/);

/** Keys in force now and tomorrow, made on first demand. Only the process that hashes addresses may ask. */
export const listVisitorKeys = defineRpc({
  name: 'visitors.keys.list',
  input: z.object({}),
  output: z.object({
    days: z.array(z.object({ day: daySchema, secret: secretSchema })),
    periods: z.array(z.object({ period: z.int(), first_day: daySchema, last_day: daySchema, secret: secretSchema })),
  }),
  idempotent: true,
});
export type VisitorKeys = z.infer<typeof listVisitorKeys.output>;

/** Figures of one stretch of whole UTC days. */
export const visitorBucketSchema = z.object({
  from: daySchema.describe('first day'),
  to: daySchema.describe('first day after it'),
  unique: count.describe('different visitors'),
  exact: z.boolean(),
  error_pct: z.number().optional().describe('standard error of an estimate in percent: two of three are closer'),
  may_repeat: z
    .literal(true)
    .optional()
    .describe('the stretch is longer than a key lives: who stays away for 31 to 61 days counts again'),
  hits: count,
  bots: count,
  dnt: count,
});
export type VisitorBucket = z.infer<typeof visitorBucketSchema>;

/** Widths of the buckets of a report; weeks begin on Monday. */
export const VISITOR_INTERVALS = ['day', 'week', 'month', 'total'] as const;
/** One of {@link VISITOR_INTERVALS}. */
export type VisitorInterval = (typeof VISITOR_INTERVALS)[number];

const definition = z.literal(VISITOR_DEFINITION);

/** Visitors per day, week, month or in total. */
export const visitorReport = defineRpc({
  name: 'visitors.report.make',
  input: z.object({
    site: siteSchema,
    from: daySchema.optional(),
    to: daySchema.optional(),
    interval: z.enum(VISITOR_INTERVALS).default('day'),
  }),
  output: z.object({
    site: z.string(),
    tz: z.literal('UTC'),
    interval: z.enum(VISITOR_INTERVALS),
    definition,
    buckets: z.array(visitorBucketSchema),
  }),
  idempotent: true,
});
export type VisitorReport = z.infer<typeof visitorReport.output>;

/** Which hosts led to hits of a site. */
export const visitorReferrers = defineRpc({
  name: 'visitors.referrers.list',
  input: z.object({
    site: siteSchema,
    from: daySchema.optional(),
    to: daySchema.optional(),
    limit: z.int().min(1).max(200).default(20),
  }),
  output: z.object({
    site: z.string(),
    tz: z.literal('UTC'),
    from: daySchema.describe('first day'),
    to: daySchema.describe('first day after the last one'),
    referrers: z.array(z.object({ host: siteSchema, hits: count })).describe('most hits first'),
    other: count.describe('hits led here by any other host'),
  }),
  idempotent: true,
});
export type VisitorReferrers = z.infer<typeof visitorReferrers.output>;

/** What a front page shows. */
export const visitorSummary = defineRpc({
  name: 'visitors.summary.get',
  input: z.object({ site: siteSchema }),
  output: z.object({
    site: z.string(),
    tz: z.literal('UTC'),
    definition,
    today: visitorBucketSchema,
    yesterday: visitorBucketSchema,
    last_7_days: visitorBucketSchema,
    last_30_days: visitorBucketSchema,
    month: visitorBucketSchema,
    all_time: visitorBucketSchema,
    days: z.array(visitorBucketSchema).length(30),
  }),
  idempotent: true,
});
export type VisitorSummary = z.infer<typeof visitorSummary.output>;

/** Longest message of a feedback, in characters. */
export const MAX_FEEDBACK_LENGTH = 4_000;

/** What somebody tells the people who run this. */
export const feedbackInputSchema = z.object({
  message: z.string().trim().min(1).max(MAX_FEEDBACK_LENGTH),
  email: z.email().max(254).optional(),
  page: z.string().trim().min(1).max(500).optional(),
});

/** Stores feedback; the caller's id makes a repetition harmless. */
export const submitFeedback = defineRpc({
  name: 'visitors.feedback.submit',
  input: feedbackInputSchema.extend({ id: z.uuid(), tenant: tenantSchema }),
  output: z.object({ id: z.uuid(), created_at: instantSchema }),
  idempotent: true,
});

/** Where the mail about a feedback is: `none` when no SMTP server is configured. */
export const FEEDBACK_MAIL_STATES = ['none', 'waiting', 'sent', 'failed'] as const;
/** One of {@link FEEDBACK_MAIL_STATES}. */
export type FeedbackMailState = (typeof FEEDBACK_MAIL_STATES)[number];

/** A feedback as it is listed. */
export const feedbackSchema = z.object({
  id: z.uuid(),
  message: z.string(),
  email: z.string().nullable(),
  page: z.string().nullable(),
  mail: z.enum(FEEDBACK_MAIL_STATES),
  created_at: instantSchema,
});
export type Feedback = z.infer<typeof feedbackSchema>;

/** Feedback of all tenants, newest first. */
export const listFeedback = defineRpc({
  name: 'visitors.feedback.list',
  input: z.object({ limit: z.int().min(1).max(200).default(50), cursor: cursorSchema.optional() }),
  output: z.object({ items: z.array(feedbackSchema), next_cursor: z.string().nullable() }),
  idempotent: true,
});
