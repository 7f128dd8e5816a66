import { z } from 'zod';
import {
  captureModeSchema,
  captureSchema,
  captureSourceSchema,
  changeCapture,
  getCapture,
  instantSchema,
  listCaptures,
  tagSchema,
  usdSchema,
} from '#libs/contracts';
import { defineRoute } from '../routes/route.js';
import { CAPTURE_EXAMPLE, CAPTURE_ID } from './captures.examples.js';
import { everySchema } from './every.domain.js';

const params = z.object({ id: getCapture.input.shape.id.toLowerCase().describe('id of the capture') });

const EVERY = 'how often a followed source is asked: seconds, or 30s, 15m, 1h; left to each source when absent';

const CAPTURE_ANSWER = {
  status: 200,
  description: 'The capture',
  contentType: 'application/json',
  schema: captureSchema,
  example: CAPTURE_EXAMPLE,
} as const;

export const startCaptureRoute = defineRoute({
  id: 'startCapture',
  method: 'POST',
  path: '/api/v1/captures',
  area: 'Captures',
  scope: 'captures:write',
  summary: 'Collect the posts of a tag',
  description:
    'Mode once collects what the sources still have and ends; follow goes on with every new post until the capture is ' +
    'paused or deleted. The estimate in the answer says what the capture may cost at most before it has cost anything; ' +
    'a capture never spends more than its budget. Sources that cost nothing have no price in it.',
  headers: z.object({
    'idempotency-key': z
      .uuid()
      .optional()
      .describe('a UUID of your choice; a repeated request with the same key starts no second capture'),
  }),
  json: {
    schema: z
      .object({
        tag: tagSchema.describe('in any case and script, # optional'),
        sources: z
          .array(captureSourceSchema)
          .min(1)
          .max(3)
          .refine((sources) => new Set(sources).size === sources.length, { error: 'a source is named twice' })
          .optional()
          .describe('networks to ask; every one that is configured when absent'),
        mode: captureModeSchema.default('once'),
        every: everySchema.optional().describe(EVERY),
        from: instantSchema.optional().describe('oldest post wanted; as far back as the source allows when absent'),
        budget_usd: usdSchema.optional().describe('what the whole capture may cost at most, in US dollars'),
      })
      .refine(({ mode, every }) => every === undefined || mode === 'follow', {
        path: ['every'],
        error: 'only a capture with mode follow has an interval',
      }),
    description: 'What to collect',
    example: { tag: 'lookout', sources: ['x'], mode: 'follow', every: '60s', budget_usd: 2 },
  },
  answer: {
    ...CAPTURE_ANSWER,
    status: 201,
    description: 'The capture has started',
    headers: { Location: 'where to ask how the capture goes' },
  },
  problems: [408, 409, 413, 415],
});

export const listCapturesRoute = defineRoute({
  id: 'listCaptures',
  method: 'GET',
  path: '/api/v1/captures',
  area: 'Captures',
  scope: 'captures:read',
  summary: 'List captures, newest first',
  query: z.object({
    limit: listCaptures.input.shape.limit.default(20).describe('how many to answer at most'),
    cursor: listCaptures.input.shape.cursor.describe('next_cursor of the page before'),
  }),
  answer: {
    status: 200,
    description: 'One page',
    contentType: 'application/json',
    schema: listCaptures.output,
    example: { items: [CAPTURE_EXAMPLE], next_cursor: null },
  },
  problems: [],
});

export const getCaptureRoute = defineRoute({
  id: 'getCapture',
  method: 'GET',
  path: '/api/v1/captures/:id',
  area: 'Captures',
  scope: 'captures:read',
  summary: 'Tell how a capture goes',
  description:
    'Each source has a part of its own per instance asked: its phase, its newest post, how far it is behind, what it ' +
    'cost, and why it waits and until when. Gaps are stretches of time of which posts may be missing for good.',
  params,
  answer: CAPTURE_ANSWER,
  problems: [404],
  examples: { id: CAPTURE_ID },
});

export const changeCaptureRoute = defineRoute({
  id: 'changeCapture',
  method: 'PATCH',
  path: '/api/v1/captures/:id',
  area: 'Captures',
  scope: 'captures:write',
  summary: 'Pause, resume or change a capture',
  description: 'What is left out stays as it is. A larger budget lets a capture go on that stopped at its budget.',
  params,
  json: {
    schema: z
      .object({
        paused: changeCapture.input.shape.paused.describe('true pauses, false resumes'),
        every: everySchema.optional().describe(EVERY),
        budget_usd: changeCapture.input.shape.budget_usd.describe('null takes the limit away'),
      })
      .refine((change) => Object.values(change).some((value) => value !== undefined), {
        error: 'name at least one of: paused, every, budget_usd',
      }),
    description: 'What to change',
    example: { paused: true },
  },
  answer: CAPTURE_ANSWER,
  problems: [404, 408, 409, 413, 415],
  examples: { id: CAPTURE_ID },
});

export const deleteCaptureRoute = defineRoute({
  id: 'deleteCapture',
  method: 'DELETE',
  path: '/api/v1/captures/:id',
  area: 'Captures',
  scope: 'captures:write',
  summary: 'End a capture for good',
  description: 'The posts it collected stay. Deleting it again is no error.',
  params,
  answer: { status: 204, description: 'It has ended' },
  problems: [404],
  examples: { id: CAPTURE_ID },
});
