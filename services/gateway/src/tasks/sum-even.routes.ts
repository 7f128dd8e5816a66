import { z } from 'zod';
import { taskSchema } from '#libs/contracts';
import { defineRoute } from '../routes/route.js';
import { JSON_TYPE } from './named-upload.js';
import { ACCEPTED, CURL_TYPE, keyHeaders, tokenParams } from './task-fields.js';
import { SUM_EXAMPLE, SUM_TASK_EXAMPLE, TASK_TOKEN, UPLOADED_NUMBERS } from './tasks.examples.js';

/** What a file of numbers may say it is. */
export const NUMBERS_TYPES = ['text/plain', 'text/csv', 'application/octet-stream', CURL_TYPE, JSON_TYPE] as const;

const count = z.int().nonnegative();

/** What is found out about a file of numbers. */
const sumSchema = z.object({
  sum: z.string().describe('of the even numbers, exact, in decimal'),
  count: count.describe('numbers'),
  even_count: count,
  malformed: count.describe('tokens that are no whole number; they are counted and not summed'),
  first_malformed: z
    .array(z.object({ offset: count.describe('in bytes from the start of the file'), text: z.string() }))
    .describe('the first ten of them'),
  bytes: count,
  sha256: z.string(),
  exec_ms: z.number(),
  lead_ms: z.number().nullable(),
});

export const sumEvenRoute = defineRoute({
  id: 'sumEven',
  method: 'POST',
  path: '/sum-even',
  area: 'Tasks',
  scope: 'tasks:write',
  summary: 'Add up the even numbers of a text',
  description:
    'The body is a text of any size up to the limit of uploads. A number is [+-]?[0-9]+ of any length; numbers are ' +
    'separated by any run of space, tab, CR, LF, comma and semicolon. Anything else is malformed: counted, the first ten ' +
    'told with their place, not summed; strict=true fails instead. An empty file sums up to 0.',
  query: z.object({
    strict: z.enum(['true', 'false']).default('false').describe('true: anything malformed makes the task fail'),
  }),
  headers: keyHeaders,
  body: {
    contentTypes: NUMBERS_TYPES,
    description: 'The text; or as JSON {"upload":"<id>"}, naming one that was uploaded in pieces',
    example: UPLOADED_NUMBERS,
  },
  answer: ACCEPTED,
  problems: [404, 408, 409, 410, 413, 415, 422, 507],
  examples: { strict: 'false' },
});

export const sumEvenPutRoute = defineRoute({
  ...sumEvenRoute,
  id: 'sumEvenPut',
  method: 'PUT',
  summary: 'Add up the even numbers of a text that is sent by PUT',
  description: 'What POST does, for programs that send files by PUT, such as curl -T.',
});

export const sumEvenStatusRoute = defineRoute({
  id: 'sumEvenStatus',
  method: 'GET',
  path: '/sum-even/:token/status',
  area: 'Tasks',
  scope: 'tasks:read',
  summary: 'Tell how a sum goes',
  description: 'With the bytes that are done of all bytes.',
  params: tokenParams,
  answer: {
    status: 200,
    description: 'The task',
    contentType: 'application/json',
    schema: taskSchema,
    example: SUM_TASK_EXAMPLE,
  },
  problems: [404],
  examples: { token: TASK_TOKEN },
});

export const sumEvenResultRoute = defineRoute({
  id: 'sumEvenResult',
  method: 'GET',
  path: '/sum-even/:token/result',
  area: 'Tasks',
  scope: 'tasks:read',
  summary: 'The sum',
  description: 'While there is no result: 404 with {"message":"not found"}. When it was kept for its time: 410.',
  params: tokenParams,
  answer: {
    status: 200,
    description: 'The sum and what was seen on the way',
    contentType: 'application/json',
    schema: sumSchema,
    example: SUM_EXAMPLE,
  },
  problems: [404, 410],
  examples: { token: TASK_TOKEN },
});
