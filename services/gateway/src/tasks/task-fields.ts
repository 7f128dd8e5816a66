import { z } from 'zod';
import { getTask, idempotencyKeySchema, taskTokenSchema } from '#libs/contracts';
import { TASK_TOKEN } from './tasks.examples.js';

export const tokenParams = z.object({
  token: getTask.input.shape.token.describe('token from the answer to the request'),
});

export const keyHeaders = z.object({
  'idempotency-key': idempotencyKeySchema
    .optional()
    .describe('a text of your choice; a repeated request with the same key answers the first task'),
});

/** What every request for work answers. */
export const ACCEPTED = {
  status: 201,
  description: 'Stored; the work is queued',
  contentType: 'application/json',
  schema: z.object({ token: taskTokenSchema }),
  example: { token: TASK_TOKEN },
  headers: {
    Location: 'where to ask how it goes',
    'Idempotency-Replayed': 'true when an earlier request with the same key made the task',
  },
} as const;

/** What curl says of a body when it is told nothing. */
export const CURL_TYPE = 'application/x-www-form-urlencoded';
