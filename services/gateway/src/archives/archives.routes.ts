import { z } from 'zod';
import { archiveSchema, getArchive, listArchives, tagSchema } from '#libs/contracts';
import { defineRoute } from '../routes/route.js';
import { ARCHIVE_EXAMPLE, ARCHIVE_ID, UPLOAD_EXAMPLE } from './archives.examples.js';

/** What an upload may say it is. What it really holds is told by looking at the bytes. */
export const UPLOAD_TYPES = [
  'application/json',
  'application/x-ndjson',
  'application/gzip',
  'application/octet-stream',
] as const;

export const archiveAcceptedSchema = z.object({
  id: z.uuid(),
  status_url: z.string().describe('where to ask how the import goes, relative to this server'),
});

export const importArchiveRoute = defineRoute({
  id: 'importArchive',
  method: 'POST',
  path: '/api/v1/archives',
  area: 'Archives',
  scope: 'archives:write',
  summary: 'Import a file of posts',
  description:
    'The body is the file: JSON, JSON lines, or gzip of either. X API v2 pages, twarc2 pages and flattened posts, v2 ' +
    'stream lines, v1.1 statuses, Jetstream events and Mastodon statuses are told apart by looking. The answer comes ' +
    'when the file is stored; follow status_url until the status is done.',
  query: z.object({ tag: tagSchema.optional().describe('tag every post of the file belongs to') }),
  headers: z.object({
    'idempotency-key': z
      .uuid()
      .optional()
      .describe('a UUID of your choice; a repeated upload with the same key starts no second import'),
  }),
  body: { contentTypes: UPLOAD_TYPES, description: 'The file, of any size up to the limit', example: UPLOAD_EXAMPLE },
  answer: {
    status: 202,
    description: 'Stored; the import is queued',
    contentType: 'application/json',
    schema: archiveAcceptedSchema,
    example: { id: ARCHIVE_ID, status_url: `/api/v1/archives/${ARCHIVE_ID}` },
    headers: { Location: 'the same as status_url' },
  },
  problems: [408, 409, 413, 415, 507],
  examples: { tag: 'lookout' },
});

export const listArchivesRoute = defineRoute({
  id: 'listArchives',
  method: 'GET',
  path: '/api/v1/archives',
  area: 'Archives',
  scope: 'archives:read',
  summary: 'List imports, newest first',
  query: listArchives.input.pick({ limit: true, cursor: true }).extend({
    limit: listArchives.input.shape.limit.default(20).describe('how many to answer at most'),
    cursor: listArchives.input.shape.cursor.describe('next_cursor of the page before'),
  }),
  answer: {
    status: 200,
    description: 'One page',
    contentType: 'application/json',
    schema: listArchives.output,
    example: { items: [ARCHIVE_EXAMPLE], next_cursor: null },
  },
  problems: [],
});

export const getArchiveRoute = defineRoute({
  id: 'getArchive',
  method: 'GET',
  path: '/api/v1/archives/:id',
  area: 'Archives',
  scope: 'archives:read',
  summary: 'Tell how an import goes',
  description: 'Once the status is done, every report includes the posts of the file.',
  params: z.object({ id: getArchive.input.shape.id.toLowerCase().describe('id from the answer to the upload') }),
  answer: {
    status: 200,
    description: 'The import',
    contentType: 'application/json',
    schema: archiveSchema,
    example: ARCHIVE_EXAMPLE,
  },
  problems: [404],
  examples: { id: ARCHIVE_ID },
});
