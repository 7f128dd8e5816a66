import { counter, gauge, histogram } from '#libs/observability';

const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 14_400];

export const jobQueueSeconds = histogram({
  name: 'job_queue_seconds',
  help: 'Time a job waited, from being stored until its first slice began',
  labelNames: ['kind', 'class', 'outcome'],
  buckets: SECONDS,
});

export const jobExecutionSeconds = histogram({
  name: 'job_execution_seconds',
  help: 'Time the slices of a job took together, attempts that failed included',
  labelNames: ['kind', 'outcome'],
  buckets: SECONDS,
});

export const jobLeadSeconds = histogram({
  name: 'job_lead_seconds',
  help: 'Time from the request for a job until it ended',
  labelNames: ['kind', 'class', 'outcome'],
  buckets: SECONDS,
});

export const jobSlices = counter({
  name: 'job_slices_total',
  help: 'Attempts at slices of jobs by how they ended; lost = another process has taken over',
  labelNames: ['kind', 'outcome'],
});

export const jobClaimSeconds = histogram({
  name: 'job_claim_seconds',
  help: 'Time to look for the next slice and take it',
  labelNames: ['outcome'],
  buckets: [0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.25, 1],
});

export const openJobs = gauge({
  name: 'jobs_open',
  help: 'Jobs that have not ended, over all processes',
  labelNames: ['class', 'state'],
});

export const oldestWaiting = gauge({
  name: 'job_oldest_waiting_age_seconds',
  help: 'Age of the oldest job that waits, over all processes; 0 when there is none',
  labelNames: ['class'],
});

export const busySlots = gauge({
  name: 'job_slots_busy',
  help: 'Slices this process is working on',
  labelNames: ['class'],
});

export const laneCorrections = counter({
  name: 'job_lane_corrections_total',
  help: 'Lanes whose counters did not agree with their rows; more than 0 is a bug or a change by hand',
  labelNames: [],
});
