import { z } from 'zod';
import { cursorSchema, instantSchema, tenantSchema } from './common.js';
import { defineRpc } from './define.js';
import { tagSchema } from './tag.js';

/** Networks a capture can ask. Which of them are simulated is told by the answer, not by the request. */
export const CAPTURE_SOURCES = ['x', 'mastodon', 'bluesky'] as const;
/** One of {@link CAPTURE_SOURCES}. */
export const captureSourceSchema = z.enum(CAPTURE_SOURCES);
export type CaptureSource = z.infer<typeof captureSourceSchema>;

/** `once` collects what is there and ends; `follow` goes on with every new post until it is stopped. */
export const captureModeSchema = z.enum(['once', 'follow']);
export type CaptureMode = z.infer<typeof captureModeSchema>;

/**
 * State of a capture or of one of its parts. `waiting`: it will go on by itself, see `waiting`; `stopped`: an operator or
 * the owner has to act first (budget used up, credential refused); `failed`: asking again would end the same way.
 */
export const captureStateSchema = z.enum(['running', 'waiting', 'paused', 'stopped', 'failed', 'done']);
export type CaptureState = z.infer<typeof captureStateSchema>;

/** What a part is doing: reading what was there before it began, following what is new, or nothing any more. */
export const capturePhaseSchema = z.enum(['backfill', 'follow', 'done']);
export type CapturePhase = z.infer<typeof capturePhaseSchema>;

/** Why a part does nothing at the moment; the values are the `reason` label of the metrics. */
export const WAIT_REASONS = [
  'rate-window',
  'rate-second',
  'usage-cap',
  'credits',
  'budget',
  'daily-budget',
  'auth',
  'forbidden',
  'no-rules',
  'too-many-connections',
  'upstream-unavailable',
  'network',
  'malformed-answer',
  'refused-address',
  'rejected-request',
  'internal',
] as const;
/** One of {@link WAIT_REASONS}. */
export const waitReasonSchema = z.enum(WAIT_REASONS);
export type WaitReason = z.infer<typeof waitReasonSchema>;

/** US dollars; a millionth of a dollar is the smallest amount told. */
export const usdSchema = z.number().min(0).max(1_000_000);

/** Seconds between two polls of a followed capture. */
export const everySecondsSchema = z.int().min(10).max(86_400);

/** What a capture will cost at most, as far as it can be known before it starts. */
export const captureEstimateSchema = z.object({
  posts: z.int().nullable().describe('posts the source counts for this question; null when it cannot tell'),
  worst_case_usd: usdSchema.nullable().describe('every post and every author billed at the full price'),
  per_day_usd: usdSchema.nullable().describe('what following may cost per day at the present rate of posts'),
  note: z.string().nullable(),
});
export type CaptureEstimate = z.infer<typeof captureEstimateSchema>;

/** A stretch of time of which posts may be missing, and that cannot be read again. A quiet tag makes no gap. */
export const captureGapSchema = z.object({
  source: captureSourceSchema,
  target: z.string(),
  from: instantSchema,
  to: instantSchema.nullable().describe('null while it lasts'),
  reason: z.string(),
});

/** One source of a capture, or one instance of it: parts go on independently of each other. */
export const capturePartSchema = z.object({
  source: captureSourceSchema,
  target: z.string().describe('the instance asked, empty where a source has only one'),
  simulated: z.boolean().describe('the posts are made up by a simulator, not collected'),
  state: captureStateSchema,
  phase: capturePhaseSchema,
  live: z.boolean().describe('new posts arrive over an open stream, not only by polls'),
  last_post_at: instantSchema.nullable(),
  lag_seconds: z
    .number()
    .nullable()
    .describe('age of what was seen last from the source; null before the first answer and after the end'),
  posts: z.object({ new: z.int(), duplicate: z.int(), invalid: z.int(), deleted: z.int() }),
  requests: z.int(),
  spent_usd: usdSchema,
  waiting: z
    .object({ reason: waitReasonSchema, detail: z.string(), until: instantSchema.nullable() })
    .nullable()
    .describe('why nothing happens and until when; until is null when somebody has to act'),
});

/** What the public sees of a capture. */
export const captureSchema = z.object({
  id: z.uuid(),
  tag: z.string(),
  mode: captureModeSchema,
  state: captureStateSchema,
  every_seconds: z.int().nullable(),
  from: instantSchema.nullable(),
  budget_usd: usdSchema.nullable(),
  spent_usd: usdSchema,
  estimate: captureEstimateSchema,
  simulated: z.boolean().describe('at least one source is a simulator'),
  sources: z.array(capturePartSchema),
  gaps: z.array(captureGapSchema).describe('newest first, at most 100'),
  gap_seconds: z.number(),
  created_at: instantSchema,
  finished_at: instantSchema.nullable(),
});
export type Capture = z.infer<typeof captureSchema>;

/** Starts a capture. The caller chooses the id, so a repeated call starts one capture only. */
export const startCapture = defineRpc({
  name: 'twitter-ingest.capture.start',
  input: z.object({
    id: z.uuid(),
    tenant: tenantSchema,
    tag: tagSchema,
    sources: z.array(captureSourceSchema).min(1).optional().describe('every source that is configured, when absent'),
    mode: captureModeSchema,
    every_seconds: everySecondsSchema.optional(),
    from: instantSchema.optional(),
    budget_usd: usdSchema.optional(),
  }),
  output: captureSchema,
  timeoutMs: 15_000,
  idempotent: true,
});

/** `CAPTURES.NOT_FOUND` when the tenant has none of that id. */
export const getCapture = defineRpc({
  name: 'twitter-ingest.capture.get',
  input: z.object({ id: z.uuid(), tenant: tenantSchema }),
  output: captureSchema,
  idempotent: true,
});

/** Captures of a tenant, newest first. */
export const listCaptures = defineRpc({
  name: 'twitter-ingest.capture.list',
  input: z.object({ tenant: tenantSchema, limit: z.int().min(1).max(100), cursor: cursorSchema.optional() }),
  output: z.object({ items: z.array(captureSchema), next_cursor: z.string().nullable() }),
  idempotent: true,
});

/** Pauses, resumes or changes a capture; what is left out stays as it is. `budget_usd: null` takes the limit away. */
export const changeCapture = defineRpc({
  name: 'twitter-ingest.capture.change',
  input: z.object({
    id: z.uuid(),
    tenant: tenantSchema,
    paused: z.boolean().optional(),
    every_seconds: everySecondsSchema.optional(),
    budget_usd: usdSchema.nullable().optional(),
  }),
  output: captureSchema,
  idempotent: true,
});

/** Ends a capture for good; the posts it collected stay. Deleting it twice is no error while the tenant owns it. */
export const deleteCapture = defineRpc({
  name: 'twitter-ingest.capture.delete',
  input: z.object({ id: z.uuid(), tenant: tenantSchema }),
  output: z.object({ id: z.uuid() }),
  idempotent: true,
});
