import { z } from 'zod';
import { instantSchema, sourceSchema, tenantSchema } from './common.js';
import { defineRpc } from './define.js';
import { tagSchema } from './tag.js';

/** Forms in which posts are handed out as a file. */
export const EXPORT_FORMATS = ['csv', 'jsonl', 'ids'] as const;
/** One of {@link EXPORT_FORMATS}. */
export const exportFormatSchema = z.enum(EXPORT_FORMATS);
export type ExportFormat = z.infer<typeof exportFormatSchema>;

/** Whether the authors of the posts are named, or only told apart within one tenant. */
export const exportAuthorsSchema = z.enum(['full', 'pseudonym']);
export type ExportAuthors = z.infer<typeof exportAuthorsSchema>;

/** How posts of X are handed out. X allows ids to be shared freely within a quota, whole posts hardly at all. */
export const exportXSchema = z.enum(['ids', 'full']);
export type ExportX = z.infer<typeof exportXSchema>;

/** What X allows to hand out: whole posts per user and UTC day, ids per user and 30 days. */
export const X_QUOTAS = { full: 500, ids: 1_500_000 } as const;

/** What is left of {@link X_QUOTAS} for one user. */
export const xQuotaLeftSchema = z.object({ full: z.int().nonnegative(), ids: z.int().nonnegative() });
export type XQuotaLeft = z.infer<typeof xQuotaLeftSchema>;

const positionSchema = z.string().max(200);

/** The posts an export holds and the form they take; the same for every page of one export. */
export const exportQuestionSchema = z.object({
  tenant: tenantSchema,
  tag: tagSchema,
  format: exportFormatSchema,
  source: sourceSchema.optional(),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
  authors: exportAuthorsSchema,
  x: exportXSchema,
});
export type ExportQuestion = z.infer<typeof exportQuestionSchema>;

/**
 * Begins an export: fixes where it ends (at the newest post there is now) and takes the posts of X it holds from the
 * quota of the subject, all of them or, with `EXPORTS.X_QUOTA_USED_UP` or `EXPORTS.X_TOO_MANY`, none. Not repeatable:
 * each call counts.
 */
export const openExport = defineRpc({
  name: 'twitter-ingest.export.open',
  input: exportQuestionSchema.extend({ subject: z.string().min(1).max(64) }),
  output: z.object({
    cursor: positionSchema.nullable().describe('where the first page begins; null when there is no post'),
    head: z.string().describe('what the file begins with'),
    left: xQuotaLeftSchema,
  }),
  timeoutMs: 60_000,
  idempotent: false,
});

/** Largest text of one page as it travels, in bytes; keeps a message well below its cap. */
export const EXPORT_PAGE_BYTES = 190 * 1024;

/** The next piece of an export: whole lines in the asked form. A page may be empty although more follow. */
export const readExport = defineRpc({
  name: 'twitter-ingest.export.read',
  input: exportQuestionSchema.extend({ cursor: positionSchema }),
  output: z.object({ text: z.string(), rows: z.int(), next_cursor: positionSchema.nullable() }),
  timeoutMs: 15_000,
  idempotent: true,
});

/** Takes posts of X that are handed out in another way from the quotas, or says that they do not fit any more. */
export const chargeXPosts = defineRpc({
  name: 'twitter-ingest.export.charge',
  input: z.object({ subject: z.string().min(1).max(64), kind: exportXSchema, posts: z.int().positive() }),
  output: z.object({ granted: z.boolean(), left: xQuotaLeftSchema }),
  idempotent: false,
});
