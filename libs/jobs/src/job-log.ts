import { createLogger } from '#libs/observability';
import type { JobInfo } from './job.types.js';
import { jobExecutionSeconds, jobLeadSeconds, jobQueueSeconds } from './jobs.metrics.js';

const log = createLogger('Jobs');

/** Fields of a log line about a job. */
export function fieldsOf(job: JobInfo, action: string, outcome?: 'success' | 'failure') {
  return {
    event: { action, ...(outcome && { outcome }) },
    labels: { job_id: job.id, job_kind: job.kind, tenant: job.tenant },
  };
}

/** Writes and measures the end of a job, with its three times. */
export function reportEnd(job: JobInfo): void {
  const { queueMs, execMs, leadMs } = job.timings;
  const labels = { kind: job.kind, outcome: job.state };
  const ofClass = { ...labels, class: job.class };
  if (queueMs !== null) jobQueueSeconds.observe(ofClass, queueMs / 1_000);
  jobExecutionSeconds.observe(labels, execMs / 1_000);
  if (leadMs !== null) jobLeadSeconds.observe(ofClass, leadMs / 1_000);
  const fields = fieldsOf(job, 'job-ended', job.state === 'done' ? 'success' : 'failure');
  Object.assign(fields.event, { duration: Math.round((leadMs ?? 0) * 1e6) });
  Object.assign(fields.labels, {
    job_state: job.state,
    ...(queueMs !== null && { queue_ms: queueMs }),
    exec_ms: execMs,
    ...(leadMs !== null && { lead_ms: leadMs }),
    slices: job.slices.total,
    failures: job.failures,
    ...(job.problem && { problem_code: job.problem.code, problem_message: job.problem.message }),
  });
  if (job.state === 'parked') log.warn('job parked: it was given up', fields);
  else log.info('job ended', fields);
}
