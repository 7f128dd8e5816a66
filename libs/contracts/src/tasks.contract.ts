import { z } from 'zod';
import { cursorSchema, instantSchema, tenantSchema } from './common.js';
import { defineEvent, defineRpc } from './define.js';

/** What can be asked for: blocks or pixels of an image shuffled, that undone, and the sum of the even numbers of a text. */
export const TASK_KINDS = ['randomize', 'restore', 'sum-even'] as const;
/** One of {@link TASK_KINDS}. */
export const taskKindSchema = z.enum(TASK_KINDS);
export type TaskKind = z.infer<typeof taskKindSchema>;

/**
 * How far a task is: `requested` waits, `received` is being worked on, `finished` has a result, `errored` will have none,
 * `cancelled` was called off, `expired` had a result that is gone.
 */
export const TASK_STATUSES = ['requested', 'received', 'finished', 'errored', 'cancelled', 'expired'] as const;
/** One of {@link TASK_STATUSES}. */
export const taskStatusSchema = z.enum(TASK_STATUSES);
export type TaskStatus = z.infer<typeof taskStatusSchema>;

/** Name of a task for its owner: the 32 hexadecimal digits of its id. */
export const taskTokenSchema = z.string().regex(/^[0-9a-f]{32}$/, { error: '32 hexadecimal digits' });

/** What moves when an image is shuffled. */
export const SHUFFLE_MODES = ['blocks', 'pixels'] as const;
/** One of {@link SHUFFLE_MODES}. */
export const shuffleModeSchema = z.enum(SHUFFLE_MODES);

/** Width and height of a block in pixels. */
export const blockSizeSchema = z.int().min(1).max(4_096);

/** Decides the order of the shuffle; the same seed and image give the same result. */
export const seedSchema = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, { error: '1 to 64 of A-Z a-z 0-9 . _ -' });

/** A key of a client that names one request (draft-ietf-httpapi-idempotency-key-header). */
export const idempotencyKeySchema = z.string().regex(/^[\x21-\x7e]{1,255}$/, { error: '1 to 255 visible characters' });

const amountSchema = z.object({ done: z.int().nonnegative(), total: z.int().nonnegative() });
const ms = z.number().nonnegative();
const refSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** A task as its owner sees it. Names are those of the REST API. */
export const taskSchema = z.object({
  token: taskTokenSchema,
  kind: taskKindSchema,
  status: taskStatusSchema,
  error: z.string().optional().describe('why the task failed; only with the status errored'),
  error_code: z.string().optional().describe('stable name of that reason'),
  params: z.record(z.string(), z.unknown()).describe('what was asked for, with the seed that was drawn'),
  result: z.unknown().describe('numbers about the result; null until the task is finished'),
  progress: z.object({
    bytes: amountSchema,
    units: amountSchema,
    slices: amountSchema,
  }),
  position: z.int().positive().nullable().describe('place in the queue, while the status is requested; null in lists'),
  estimated_start_at: instantSchema.nullable(),
  attempts: z.int().positive().describe('1, and 1 more for each attempt that did not end well'),
  timings: z.object({
    queue_ms: ms.nullable().describe('from being stored until work began'),
    exec_ms: ms.describe('work, summed over all parts'),
    lead_ms: ms.nullable().describe('from the request until the result was stored'),
  }),
  received_at: instantSchema,
  started_at: instantSchema.nullable(),
  finished_at: instantSchema.nullable(),
  expires_at: instantSchema.nullable().describe('when the result, or the reason of a failure, will be gone'),
});
export type Task = z.infer<typeof taskSchema>;

const owned = z.object({ token: taskTokenSchema, tenant: tenantSchema });

/** A file the gateway has stored. */
export const taskInputSchema = z.object({
  ref: refSchema,
  bytes: z.int().nonnegative(),
  crc32: z.int().min(0).max(0xffff_ffff).optional().describe('of its bytes; without it a sum has to read them twice'),
});

const submission = z.object({
  token: taskTokenSchema.describe('chosen by the caller, so that a repeated call makes one task only'),
  tenant: tenantSchema,
  idempotency_key: idempotencyKeySchema.optional(),
  received_at: instantSchema.describe('when the request came in'),
});

/** A task, and whether an earlier request with the same key has made it. */
export const submittedTaskSchema = z.object({ task: taskSchema, replayed: z.boolean() });

/**
 * Queues work on a stored file. `JOBS.IDEMPOTENCY_MISMATCH` when the key was used for something else; `IMAGES.UNSUPPORTED_TYPE`
 * when the file is none that can be read.
 */
export const submitTask = defineRpc({
  name: 'image-tasks.task.submit',
  input: z.discriminatedUnion('kind', [
    submission.extend({
      kind: z.literal('randomize'),
      input: taskInputSchema,
      params: z.object({ mode: shuffleModeSchema, block: blockSizeSchema, seed: seedSchema.optional() }),
    }),
    submission.extend({
      kind: z.literal('sum-even'),
      input: taskInputSchema,
      params: z.object({ strict: z.boolean() }),
    }),
  ]),
  output: submittedTaskSchema,
  timeoutMs: 10_000,
  idempotent: true,
});

/**
 * Takes an idempotency key for a request whose body is still coming in, for half a minute, or gives it back.
 * `JOBS.IDEMPOTENCY_IN_FLIGHT` while another request holds it.
 */
export const holdTaskKey = defineRpc({
  name: 'image-tasks.key.hold',
  input: owned.extend({ idempotency_key: idempotencyKeySchema, release: z.boolean().default(false) }),
  output: z.object({}),
  idempotent: true,
});

/** Queues the way back from the result of a `randomize` task; `TASKS.NOT_RESTORABLE` when it has none. */
export const restoreTask = defineRpc({
  name: 'image-tasks.task.restore',
  input: submission.extend({ of: taskTokenSchema }),
  output: submittedTaskSchema,
  idempotent: true,
});

/** `JOBS.NOT_FOUND` when the tenant has no task of that token. */
export const getTask = defineRpc({
  name: 'image-tasks.task.get',
  input: owned,
  output: taskSchema,
  idempotent: true,
});

/** A task and the file it made, which the gateway reads from the blob store itself. */
export const getTaskResult = defineRpc({
  name: 'image-tasks.task.result',
  input: owned,
  output: z.object({
    task: taskSchema,
    file: z.object({ ref: refSchema, bytes: z.int().nonnegative(), content_type: z.string() }).nullable(),
  }),
  idempotent: true,
});

/** Tasks of a tenant, newest first. */
export const listTasks = defineRpc({
  name: 'image-tasks.task.list',
  input: z.object({
    tenant: tenantSchema,
    kind: taskKindSchema.optional(),
    status: taskStatusSchema.optional(),
    from: instantSchema.optional(),
    to: instantSchema.optional(),
    limit: z.int().min(1).max(100),
    cursor: cursorSchema.optional(),
  }),
  output: z.object({ items: z.array(taskSchema), next_cursor: z.string().nullable() }),
  idempotent: true,
});

/** Calls a task off; one that has ended stays as it is. */
export const cancelTask = defineRpc({
  name: 'image-tasks.task.cancel',
  input: owned,
  output: taskSchema,
  idempotent: true,
});

/** Runs a failed or cancelled task again; `JOBS.NOT_RETRYABLE` for any other. */
export const retryTask = defineRpc({
  name: 'image-tasks.task.retry',
  input: owned,
  output: taskSchema,
  idempotent: false,
});

/** A change of the status of a task, or how far it is now. */
export const taskEventSchema = taskSchema
  .pick({ token: true, kind: true, status: true, error: true, error_code: true, progress: true, timings: true })
  .extend({ at: instantSchema });
export type TaskEvent = z.infer<typeof taskEventSchema>;

/** Grows with every change of any task. */
const sequenceSchema = z.string().regex(/^[0-9]{1,19}$/);

/** The changes of a task after the given one, oldest first. */
export const listTaskEvents = defineRpc({
  name: 'image-tasks.task.events',
  input: owned.extend({ after: sequenceSchema.default('0') }),
  output: z.object({ items: z.array(z.object({ id: sequenceSchema, event: taskEventSchema })), task: taskSchema }),
  idempotent: true,
});

/** A task got another status. */
export const taskChanged = defineEvent({
  name: 'image-tasks.task.changed.v1',
  heardBy: ['image-tasks'],
  payload: z.object({ tenant: tenantSchema, event: taskEventSchema }),
});

/** Topic of the broadcasts about tasks. Hints: what they say is, or will be, in the tables. */
export const TASK_SIGNALS = 'tasks.signals';
/** A task has changed; with `progress`, only its progress. */
export const taskSignalSchema = z.object({
  tenant: tenantSchema,
  token: taskTokenSchema,
  progress: taskEventSchema.optional(),
});
export type TaskSignal = z.infer<typeof taskSignalSchema>;
