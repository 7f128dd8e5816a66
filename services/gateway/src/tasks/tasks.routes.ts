import { z } from 'zod';
import { listTaskEvents, listTasks, taskSchema } from '#libs/contracts';
import { withOrderedPeriod } from '../routes/period.domain.js';
import { defineRoute } from '../routes/route.js';
import { ACCEPTED, keyHeaders, tokenParams } from './task-fields.js';
import { RANDOMIZE_EXAMPLE, SUM_TASK_EXAMPLE, TASK_TOKEN } from './tasks.examples.js';

const { shape } = listTasks.input;

const TASK_ANSWER = {
  status: 200,
  description: 'The task',
  contentType: 'application/json',
  schema: taskSchema,
  example: RANDOMIZE_EXAMPLE,
} as const;

export const listTasksRoute = defineRoute({
  id: 'listTasks',
  method: 'GET',
  path: '/api/v1/tasks',
  area: 'Tasks',
  scope: 'tasks:read',
  summary: 'List tasks, newest first',
  query: withOrderedPeriod(
    z.object({
      kind: shape.kind.describe('what was asked for'),
      status: shape.status.describe('how far it is'),
      from: shape.from.describe('first instant at which it was asked for'),
      to: shape.to.describe('first instant after the period'),
      limit: shape.limit.default(20).describe('how many to answer at most'),
      cursor: shape.cursor.describe('next_cursor of the page before'),
    }),
  ),
  answer: {
    status: 200,
    description: 'One page',
    contentType: 'application/json',
    schema: listTasks.output,
    example: { items: [SUM_TASK_EXAMPLE, RANDOMIZE_EXAMPLE], next_cursor: null },
  },
  problems: [],
});

export const getTaskRoute = defineRoute({
  id: 'getTask',
  method: 'GET',
  path: '/api/v1/tasks/:token',
  area: 'Tasks',
  scope: 'tasks:read',
  summary: 'Tell how a task goes',
  description: 'With its place in the queue while it waits, its progress, and how long it waited and worked.',
  params: tokenParams,
  answer: TASK_ANSWER,
  problems: [404],
  examples: { token: TASK_TOKEN },
});

export const taskEventsRoute = defineRoute({
  id: 'taskEvents',
  method: 'GET',
  path: '/api/v1/tasks/:token/events',
  area: 'Tasks',
  scope: 'tasks:read',
  summary: 'What happens to a task, as it happens',
  description:
    'Server-sent events: "status" for each change, with an id; "progress" at most twice a second, without. The stream ' +
    'ends with the task. With Last-Event-ID it goes on after that change; 204 when nothing will come any more.',
  params: tokenParams,
  headers: z.object({
    'last-event-id': listTaskEvents.input.shape.after.unwrap().optional().describe('id of the last change you know'),
  }),
  answer: { status: 200, description: 'A stream that ends with the task', contentType: 'text/event-stream' },
  problems: [404],
  examples: { token: TASK_TOKEN },
});

export const restoreTaskRoute = defineRoute({
  id: 'restoreTask',
  method: 'POST',
  path: '/api/v1/tasks/:token/restore',
  area: 'Tasks',
  scope: 'tasks:write',
  summary: 'Undo a shuffle',
  description:
    'A task of its own, whose result is the image before the shuffle. Identical pixel by pixel for results in a ' +
    'lossless format, which all are but those of JPEG.',
  params: tokenParams,
  headers: keyHeaders,
  answer: ACCEPTED,
  problems: [404, 409, 410, 422],
  examples: { token: TASK_TOKEN },
});

export const retryTaskRoute = defineRoute({
  id: 'retryTask',
  method: 'POST',
  path: '/api/v1/tasks/:token/retry',
  area: 'Tasks',
  scope: 'tasks:write',
  summary: 'Run a failed or cancelled task again',
  description: 'What was done before it failed is kept. The token stays the same.',
  params: tokenParams,
  answer: TASK_ANSWER,
  problems: [404, 409, 410],
  examples: { token: TASK_TOKEN },
});

export const cancelTaskRoute = defineRoute({
  id: 'cancelTask',
  method: 'DELETE',
  path: '/api/v1/tasks/:token',
  area: 'Tasks',
  scope: 'tasks:write',
  summary: 'Call a task off',
  description: 'Work under way stops within a second. A task that has ended stays as it is.',
  params: tokenParams,
  answer: TASK_ANSWER,
  problems: [404],
  examples: { token: TASK_TOKEN },
});
