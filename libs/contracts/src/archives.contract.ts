import { z } from 'zod';
import { defineRpc } from './define.js';
import { cursorSchema, instantSchema, tenantSchema } from './common.js';
import { tagSchema } from './tag.js';

export const ARCHIVE_STATUSES = ['queued', 'running', 'done', 'failed'] as const;
/** How far an import is. `done` is said only when every report includes its posts. */
export const archiveStatusSchema = z.enum(ARCHIVE_STATUSES);

/** What the public sees of an import. Names are those of the REST API. */
export const archiveSchema = z.object({
  id: z.uuid(),
  status: archiveStatusSchema,
  tag: z.string().nullable().describe('the tag every post of the file belongs to, if one was given'),
  format: z.string().nullable().describe('what the file turned out to hold, e.g. "x-v2-page (jsonl, gzip)"'),
  bytes: z.int().describe('size of the upload as received'),
  lines: z.int().describe('lines (or elements of the JSON array) read so far'),
  posts: z.object({
    read: z.int(),
    new: z.int(),
    duplicate: z.int(),
    invalid: z.int().describe('lines or posts that could not be used; see errors'),
  }),
  errors: z.array(z.object({ line: z.int(), reason: z.string() })).describe('the first 100 bad lines'),
  reason: z.string().nullable().describe('why a failed import failed'),
  created_at: instantSchema,
  finished_at: instantSchema.nullable(),
});
export type Archive = z.infer<typeof archiveSchema>;

/** Queues the import of a stored file. The caller chooses the id, so a repeated call starts one import only. */
export const importArchive = defineRpc({
  name: 'twitter-ingest.archive.import',
  input: z.object({
    id: z.uuid().describe('chosen by the caller, so that a repeated call starts one import only'),
    tenant: tenantSchema,
    tag: tagSchema.optional(),
    blob: z.string().describe('reference into the blob store'),
    bytes: z.int().nonnegative(),
  }),
  output: z.object({ id: z.uuid() }),
  idempotent: true,
});

/** How an import goes; `ARCHIVES.NOT_FOUND` when the tenant has none of that id. */
export const getArchive = defineRpc({
  name: 'twitter-ingest.archive.get',
  input: z.object({ id: z.uuid(), tenant: tenantSchema }),
  output: archiveSchema,
  idempotent: true,
});

/** Imports of a tenant, newest first. */
export const listArchives = defineRpc({
  name: 'twitter-ingest.archive.list',
  input: z.object({
    tenant: tenantSchema,
    limit: z.int().min(1).max(100),
    cursor: cursorSchema.optional(),
  }),
  output: z.object({ items: z.array(archiveSchema), next_cursor: z.string().nullable() }),
  idempotent: true,
});
