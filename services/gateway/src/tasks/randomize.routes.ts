import { z } from 'zod';
import { blockSizeSchema, seedSchema, shuffleModeSchema, taskSchema } from '#libs/contracts';
import { defineRoute } from '../routes/route.js';
import { JSON_TYPE } from './named-upload.js';
import { ACCEPTED, CURL_TYPE, keyHeaders, tokenParams } from './task-fields.js';
import { RANDOMIZE_EXAMPLE, TASK_TOKEN } from './tasks.examples.js';

/** What an image may say it is. What it really is, is told by looking at the bytes. */
export const IMAGE_TYPES = [
  'image/png',
  'image/jpeg',
  'image/webp',
  'image/avif',
  'application/octet-stream',
  CURL_TYPE,
  JSON_TYPE,
] as const;

/** Of the blocks, when nothing else is said. */
export const DEFAULT_BLOCK = 60;

export const randomizeRoute = defineRoute({
  id: 'randomize',
  method: 'POST',
  path: '/randomize',
  area: 'Tasks',
  scope: 'tasks:write',
  summary: 'Shuffle an image',
  description:
    'The body is the image: PNG, JPEG, WebP or AVIF. Its blocks of 60 x 60 pixels change places; strips at the right ' +
    'and at the bottom that are no whole block stay. mode=pixels shuffles single pixels. Metadata is left out. The ' +
    'status names the seed; with it the image can be restored. Shuffling hides nothing: colours stay what they are.',
  query: z
    .object({
      mode: shuffleModeSchema.default('blocks').describe('what changes places'),
      block: blockSizeSchema.optional().describe('width and height of a block in pixels; 60 when absent'),
      seed: seedSchema.optional().describe('decides the order; drawn when absent'),
    })
    .refine(({ mode, block }) => mode === 'blocks' || block === undefined, {
      path: ['block'],
      error: 'only mode=blocks has blocks',
    }),
  headers: keyHeaders,
  body: {
    contentTypes: IMAGE_TYPES,
    description: 'The image; or as JSON {"upload":"<id>"}, naming one that was uploaded in pieces',
    example: 'the bytes of the file',
  },
  answer: ACCEPTED,
  problems: [404, 408, 409, 410, 413, 415, 422, 507],
  examples: { mode: 'blocks' },
});

export const randomizePutRoute = defineRoute({
  ...randomizeRoute,
  id: 'randomizePut',
  method: 'PUT',
  summary: 'Shuffle an image that is sent by PUT',
  description: 'What POST does, for programs that send files by PUT, such as curl -T.',
});

export const randomizeStatusRoute = defineRoute({
  id: 'randomizeStatus',
  method: 'GET',
  path: '/randomize/:token/status',
  area: 'Tasks',
  scope: 'tasks:read',
  summary: 'Tell how a shuffle goes',
  description:
    'requested: it waits; received: it is being worked on; finished: there is a result; errored: there will be none, ' +
    'and error says why. Works for images that are being restored as well.',
  params: tokenParams,
  answer: {
    status: 200,
    description: 'The task',
    contentType: 'application/json',
    schema: taskSchema,
    example: RANDOMIZE_EXAMPLE,
  },
  problems: [404],
  examples: { token: TASK_TOKEN },
});

export const randomizeResultRoute = defineRoute({
  id: 'randomizeResult',
  method: 'GET',
  path: '/randomize/:token/result',
  area: 'Tasks',
  scope: 'tasks:read',
  summary: 'The shuffled or restored image',
  description: 'While there is no result: 404 with {"message":"not found"}. When it was kept for its time: 410.',
  params: tokenParams,
  answer: {
    status: 200,
    description: 'The image',
    contentTypes: ['image/png', 'image/jpeg', 'image/webp', 'image/avif'],
    headers: { 'Content-Disposition': 'a name for the file', ETag: 'SHA-256 of the image' },
  },
  problems: [404, 410],
  examples: { token: TASK_TOKEN },
});
