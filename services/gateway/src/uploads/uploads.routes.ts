import { z } from 'zod';
import { defineRoute } from '../routes/route.js';
import { parseMetadata, PIECE_TYPE } from './tus.domain.js';
import { UPLOAD_ID, UPLOAD_METADATA, UPLOAD_VIEW_EXAMPLE } from './uploads.examples.js';

const count = z.int().nonnegative();

const tusHeaders = z.object({ 'tus-resumable': z.string().optional().describe('version of the protocol: 1.0.0') });

const uploadParams = z.object({
  id: z.uuid().toLowerCase().describe('the last part of Location in the answer to the creation'),
});

const OFFSET_HEADERS = {
  'Tus-Resumable': '1.0.0',
  'Upload-Offset': 'bytes that are stored',
  'Upload-Expires': 'when the upload will be removed',
} as const;

const uploadSchema = z.object({
  id: z.string(),
  status: z.enum(['receiving', 'complete']),
  bytes: count.describe('of the whole file'),
  offset: count.describe('bytes that are stored'),
  sha256: z.string().nullable().describe('of the whole file, once it is complete'),
  metadata: z.record(z.string(), z.string()),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
});
export const uploadPageSchema = z.object({ items: z.array(uploadSchema), next_cursor: z.string().nullable() });
export type UploadAnswer = z.infer<typeof uploadSchema>;

export const createUploadRoute = defineRoute({
  id: 'createUpload',
  method: 'POST',
  path: '/api/v1/uploads',
  area: 'Uploads',
  scope: 'tasks:write',
  summary: 'Begin a resumable upload',
  description:
    'tus 1.0.0 (https://tus.io) with creation, creation-with-upload, expiration and termination: any tus client works. ' +
    'For large files on lines that break. Name the upload in a request for a task when it is complete.',
  headers: tusHeaders.extend({
    'upload-length': z.int().nonnegative().describe('bytes of the whole file'),
    'upload-metadata': z
      .string()
      .max(2_000)
      .refine((text) => parseMetadata(text) !== undefined, { error: 'not of the form: key base64,key base64' })
      .optional()
      .describe('pairs of key and base64 value; sha256, in hexadecimal digits, is checked when the file is complete'),
  }),
  answer: {
    status: 201,
    description: 'Created',
    headers: { Location: 'where to send the pieces', ...OFFSET_HEADERS },
  },
  problems: [408, 412, 413, 415, 423, 460, 507],
  examples: { 'tus-resumable': '1.0.0', 'upload-length': '5', 'upload-metadata': UPLOAD_METADATA },
});

export const listUploadsRoute = defineRoute({
  id: 'listUploads',
  method: 'GET',
  path: '/api/v1/uploads',
  area: 'Uploads',
  scope: 'tasks:read',
  summary: 'List uploads, newest first',
  query: z.object({
    limit: z.int().min(1).max(100).default(20).describe('how many to answer at most'),
    cursor: z.string().max(200).optional().describe('next_cursor of the page before'),
  }),
  answer: {
    status: 200,
    description: 'One page',
    contentType: 'application/json',
    schema: uploadPageSchema,
    example: { items: [UPLOAD_VIEW_EXAMPLE], next_cursor: null },
  },
  problems: [],
});

export const getUploadRoute = defineRoute({
  id: 'getUpload',
  method: 'GET',
  path: '/api/v1/uploads/:id',
  area: 'Uploads',
  scope: 'tasks:read',
  summary: 'Tell how much of an upload is stored',
  description: 'HEAD answers the same in headers, as tus wants it.',
  params: uploadParams,
  answer: {
    status: 200,
    description: 'The upload',
    contentType: 'application/json',
    schema: uploadSchema,
    example: UPLOAD_VIEW_EXAMPLE,
    headers: { ...OFFSET_HEADERS, 'Upload-Length': 'bytes of the whole file', 'Upload-Metadata': 'as it was sent' },
  },
  problems: [404, 410],
  examples: { id: UPLOAD_ID },
});

export const appendUploadRoute = defineRoute({
  id: 'appendUpload',
  method: 'PATCH',
  path: '/api/v1/uploads/:id',
  area: 'Uploads',
  scope: 'tasks:write',
  summary: 'Send a piece of an upload',
  description:
    'The piece begins where the stored part ends. What of it arrived before a connection broke stays: ask how much, go on ' +
    'there. A newer request to the same upload ends an older one.',
  params: uploadParams,
  headers: tusHeaders.extend({ 'upload-offset': z.int().nonnegative().describe('where the piece begins') }),
  body: { contentTypes: [PIECE_TYPE], description: 'The piece, of any size', example: '1\n2\n4' },
  answer: { status: 204, description: 'Stored', headers: OFFSET_HEADERS },
  problems: [404, 408, 409, 410, 412, 413, 415, 423, 460, 507],
  examples: { id: UPLOAD_ID, 'tus-resumable': '1.0.0', 'upload-offset': '0' },
});

export const terminateUploadRoute = defineRoute({
  id: 'terminateUpload',
  method: 'DELETE',
  path: '/api/v1/uploads/:id',
  area: 'Uploads',
  scope: 'tasks:write',
  summary: 'Remove an upload',
  description: 'Complete or not. Tasks that it was given to keep what they need.',
  params: uploadParams,
  headers: tusHeaders,
  answer: { status: 204, description: 'Removed', headers: { 'Tus-Resumable': '1.0.0' } },
  problems: [404, 410, 412, 423],
  examples: { id: UPLOAD_ID, 'tus-resumable': '1.0.0' },
});
