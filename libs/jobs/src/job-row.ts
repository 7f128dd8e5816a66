import type { Amount, JobClass, JobInfo, JobState, Json } from './job.types.js';

/** A row of `job` as {@link JOB_COLUMNS} select it. */
export interface JobRow {
  id: string;
  tenant: string;
  kind: string;
  job_class: JobClass;
  lane_id: number;
  state: JobState;
  params_json: string;
  body_hash: string | null;
  idempotency_key: string | null;
  slices_total: number;
  slices_done: number;
  bytes_total: number;
  bytes_done: number;
  units_total: number;
  units_done: number;
  failures: number;
  exec_us: number;
  problem_code: string | null;
  problem_message: string | null;
  result_json: string | null;
  blob_ref: string | null;
  blob_bytes: number | null;
  blob_type: string | null;
  traceparent: string;
  request_id: string;
  received_at: Date;
  queued_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  expires_at: Date | null;
  queue_us: number | null;
  lead_us: number | null;
  is_over: number | null;
  bytes_under_way: string | number | null;
  units_under_way: string | number | null;
}

const underWay = (column: string) =>
  `CASE WHEN j.state = 'running' THEN
     (SELECT SUM(u.${column}) FROM job_slice u WHERE u.job_id = j.id AND u.state = 'running') END`;

/** What slices under way have done is only in their own rows: the row of the job is written when one ends. */
export const JOB_COLUMNS = `
  j.id, j.tenant, j.kind, j.job_class, j.lane_id, j.state, j.params_json, j.body_hash, j.idempotency_key,
  j.slices_total, j.slices_done, j.bytes_total, j.bytes_done, j.units_total, j.units_done, j.failures, j.exec_us,
  j.problem_code, j.problem_message, j.result_json, j.blob_ref, j.blob_bytes, j.blob_type, j.traceparent, j.request_id,
  j.received_at, j.queued_at, j.started_at, j.finished_at, j.expires_at,
  TIMESTAMPDIFF(MICROSECOND, j.queued_at, j.started_at) AS queue_us,
  TIMESTAMPDIFF(MICROSECOND, j.received_at, j.finished_at) AS lead_us,
  j.expires_at <= UTC_TIMESTAMP(6) AS is_over,
  ${underWay('bytes_done')} AS bytes_under_way, ${underWay('units_done')} AS units_under_way`;

export function toJobInfo(row: JobRow): JobInfo {
  // Whether the sweeper has come by makes no difference to the owner.
  const expired = row.state === 'expired' || row.is_over === 1;
  return {
    id: row.id,
    tenant: row.tenant,
    kind: row.kind,
    class: row.job_class,
    state: expired ? 'expired' : row.state,
    params: JSON.parse(row.params_json),
    slices: { done: row.slices_done, total: row.slices_total },
    bytes: amount(row.bytes_done, row.bytes_under_way, row.bytes_total),
    units: amount(row.units_done, row.units_under_way, row.units_total),
    failures: row.failures,
    problem:
      row.problem_code === null ? null : { code: row.problem_code, message: row.problem_message ?? row.problem_code },
    result: expired || row.result_json === null ? null : (JSON.parse(row.result_json) as Json),
    blob:
      row.blob_ref === null
        ? null
        : { ref: row.blob_ref, bytes: row.blob_bytes ?? 0, contentType: row.blob_type ?? 'application/octet-stream' },
    timings: {
      queueMs: toMs(row.queue_us),
      execMs: row.exec_us / 1_000,
      leadMs: toMs(row.lead_us),
    },
    receivedAt: row.received_at,
    queuedAt: row.queued_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    expiresAt: row.expires_at,
  };
}

function amount(done: number, underWayText: string | number | null, total: number): Amount {
  return { done: Math.min(total, done + Number(underWayText ?? 0)), total };
}

function toMs(us: number | null): number | null {
  return us === null ? null : us / 1_000;
}
