import type { z } from 'zod';

/** What can be stored as a parameter, a checkpoint or a result. Numbers beyond 2^53 travel as strings. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * Short work ends within seconds and always finds a free slot; long work is cut into slices.
 * Each tenant has one lane per class.
 */
export const JOB_CLASSES = ['short', 'long'] as const;
/** One of {@link JOB_CLASSES}. */
export type JobClass = (typeof JOB_CLASSES)[number];

/**
 * `waiting`: no slice has begun; `running`: at least one has; `failed`: the input is at fault; `parked`: given up after the
 * limit of attempts, somebody may look at the reason and retry it; `expired`: its result is gone.
 */
export const JOB_STATES = ['waiting', 'running', 'done', 'failed', 'parked', 'cancelled', 'expired'] as const;
/** One of {@link JOB_STATES}. */
export type JobState = (typeof JOB_STATES)[number];

/** A unit of work: small enough to be repeated, its result is a checkpoint. */
export interface SliceSpec<S extends Json = Json> {
  /** 0, 1, 2, …: results are handed to `finish` in this order. */
  index: number;
  /** Size of its input, for the progress of the job. */
  bytes?: number;
  /** Things to do (blocks, rows, files), for the progress of the job. */
  units?: number;
  /** What the handler needs to know about this slice, at most some kilobytes. */
  payload: S;
}

/** What is done and what there is in all; both 0 when the kind does not tell. */
export interface Amount {
  done: number;
  total: number;
}

/** A file that a job made, by its reference in the blob store. */
export interface JobBlob {
  ref: string;
  bytes: number;
  contentType: string;
}

/** What a job gives its owner. */
export interface JobOutcome {
  /** At most 1 MiB as JSON text. */
  result: Json;
  blob?: JobBlob;
}

/** How long the parts of a job took, in milliseconds; null while it is not known. */
export interface JobTimings {
  /** From being stored until the first slice began. */
  queueMs: number | null;
  /** Summed over all slices, so more than the time on the clock when they ran side by side. */
  execMs: number;
  /** From the request until the result was stored. */
  leadMs: number | null;
}

/** Why a job failed or was parked, for its owner. */
export interface JobProblem {
  code: string;
  message: string;
}

/** All that is known of a job, except its checkpoints. */
export interface JobInfo<P = unknown> {
  id: string;
  tenant: string;
  kind: string;
  class: JobClass;
  state: JobState;
  params: P;
  slices: Amount;
  bytes: Amount;
  units: Amount;
  /** Attempts of its slices that did not end well, over its whole life. */
  failures: number;
  problem: JobProblem | null;
  result: Json;
  blob: JobBlob | null;
  timings: JobTimings;
  /** When the request came in. */
  receivedAt: Date;
  /** When the job was stored. */
  queuedAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** From then on the result is gone. Null while the job has not ended. */
  expiresAt: Date | null;
}

/** Where a waiting job stands. An estimate: work that comes later and has been served less may overtake. */
export interface QueuePlace {
  /** Jobs that will start before it, plus one, as the lanes take turns. */
  position: number;
  /** Null while no worker is there to start it. */
  estimatedStartAt: Date | null;
}

/** What a handler gets for one slice. */
export interface SliceContext<P = unknown, S extends Json = Json> {
  job: JobInfo<P>;
  params: P;
  slice: SliceSpec<S>;
  /**
   * Aborts when the job is cancelled, the lease is lost or the process ends. What the slice does after that is thrown away;
   * stop soon.
   */
  signal: AbortSignal;
  /** Tells how far this slice is; cheap, call it as often as you like. Not before the total, never backwards. */
  progress(doneBytes: number, doneUnits?: number): void;
  /** Grows with every attempt at the slice: use it in names of temporary files, so that two attempts never share one. */
  fence: number;
  /** 1 for the first attempt. */
  attempt: number;
  /**
   * Whether it is short work of a tenant who has little to do. Work that is not urgent should leave the processor to work that
   * is, where the system knows priorities.
   */
  isUrgent: boolean;
}

/** What `finish` gets besides the results. */
export type FinishContext = Pick<SliceContext, 'signal' | 'fence' | 'attempt'>;

/**
 * One kind of work, declared in one place. Slices of a job run in any order, side by side, in any process and perhaps more
 * than once; only the first result of each counts. A plain object or a provider class.
 */
export interface JobKind<P = unknown, S extends Json = Json, R extends Json = Json> {
  /** Lower case with dashes; a label of the metrics. */
  readonly name: string;
  readonly input: z.ZodType<P>;
  readonly class: JobClass;
  /** Attempts per slice before the job is parked. */
  readonly maxAttempts: number;
  /** Deaths of the worker that hold a slice, in a row, before the job is parked; default 5. */
  readonly maxLostLeases?: number;
  /** How long a result, or the reason of a failure, can be read. */
  readonly resultTtlHours: number;
  /** Longest time one slice may take; then its signal aborts and the attempt counts as failed. Default 15 minutes. */
  readonly sliceTimeoutMs?: number;
  /** Cuts the work; one slice for small work. Called before the job is stored: what it throws refuses the job. */
  slices(input: P, job: { id: string; tenant: string }): Promise<SliceSpec<S>[]>;
  /** Does one slice and gives its result: the checkpoint. Throw {@link PermanentJobError} when the input is at fault. */
  run(slice: SliceContext<P, S>): Promise<R>;
  /** Puts the results together, in the order of the slices. May be repeated too. */
  finish(job: JobInfo<P>, results: R[], context: FinishContext): Promise<JobOutcome>;
}

/** A wish for a job. */
export interface SubmitJob {
  /** Chosen by the caller, so that a repeated call makes one job only. */
  id: string;
  tenant: string;
  kind: string;
  params: unknown;
  /** `Idempotency-Key` of the request, unique per tenant while the job is kept. */
  idempotencyKey?: string;
  /** Tells whether two requests with the same key ask for the same; hex SHA-256. */
  bodyHash?: string;
  /** When the request came in; now, when absent. */
  receivedAt?: Date;
}

/** The job that answers a request; `replayed` when an earlier request with the same key or id has made it. */
export interface SubmittedJob {
  job: JobInfo;
  replayed: boolean;
}

/** Which jobs to list; newest first. */
export interface JobFilter {
  tenant: string;
  kinds?: readonly string[];
  states?: readonly JobState[];
  queuedFrom?: Date;
  queuedBefore?: Date;
  /** Goes on after this job of an earlier page. */
  after?: { queuedAt: Date; id: string };
  limit: number;
}
