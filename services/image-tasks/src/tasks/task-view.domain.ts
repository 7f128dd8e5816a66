import type { Task, TaskKind, TaskStatus } from '#libs/contracts';
import type { JobInfo, JobState, Json, QueuePlace } from '#libs/jobs';
import { tokenOf } from './task-id.domain.js';

const STATUS_OF: Record<JobState, TaskStatus> = {
  waiting: 'requested',
  running: 'received',
  done: 'finished',
  failed: 'errored',
  parked: 'errored',
  cancelled: 'cancelled',
  expired: 'expired',
};

const STATES_OF: Record<TaskStatus, readonly JobState[]> = {
  requested: ['waiting'],
  received: ['running'],
  finished: ['done'],
  errored: ['failed', 'parked'],
  cancelled: ['cancelled'],
  expired: ['expired'],
};

/** The states of a job that its owner sees as this status. */
export function statesOf(status: TaskStatus): readonly JobState[] {
  return STATES_OF[status];
}

/** A job as its owner sees it; where its files are stays inside. */
export function taskOf(job: JobInfo, place: QueuePlace | null): Task {
  const { input: _input, ...params } = job.params as Record<string, Json> & { input: unknown };
  const { queueMs, execMs, leadMs } = job.timings;
  const status = STATUS_OF[job.state];
  return {
    token: tokenOf(job.id),
    kind: job.kind as TaskKind,
    status,
    ...(status === 'errored' && job.problem && { error: job.problem.message, error_code: job.problem.code }),
    params,
    result: resultOf(job),
    progress: { bytes: job.bytes, units: job.units, slices: job.slices },
    position: place?.position ?? null,
    estimated_start_at: place?.estimatedStartAt?.toISOString() ?? null,
    attempts: job.failures + 1,
    timings: { queue_ms: queueMs, exec_ms: execMs, lead_ms: leadMs },
    received_at: job.receivedAt.toISOString(),
    started_at: job.startedAt?.toISOString() ?? null,
    finished_at: job.finishedAt?.toISOString() ?? null,
    expires_at: job.expiresAt?.toISOString() ?? null,
  };
}

/** A sum says itself how long it took: its result is read without its status. */
function resultOf({ state, kind, result, timings }: JobInfo): Json {
  if (state !== 'done') return null;
  if (kind !== 'sum-even') return result;
  return { ...(result as Record<string, Json>), exec_ms: timings.execMs, lead_ms: timings.leadMs };
}
