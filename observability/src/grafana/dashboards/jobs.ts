import * as units from '@grafana/grafana-foundation-sdk/units';
import type { DashboardSpec, RowSpec } from '../model/dashboard-spec.js';
import { chart, percentiles, query, stat, tail } from '../model/panels.js';
import { max, min, ours, sum } from '../model/promql.js';
import { serviceVariables } from '../model/variables.js';

const LEAD = 'job_lead_seconds';

const now: RowSpec = {
  title: 'Now',
  height: 5,
  panels: [
    stat('Waiting', 'Jobs that have not begun, over all processes.', units.Short, 6, [
      query('{{class}}', max(['class'], ours.of('jobs_open', 'state="waiting"'))),
    ]),
    stat('Running', 'Jobs of which at least one slice has begun, over all processes.', units.Short, 6, [
      query('{{class}}', max(['class'], ours.of('jobs_open', 'state="running"'))),
    ]),
    stat(
      'Oldest waiting',
      'Age of the oldest job that waits. It grows when all slots are taken, or when no worker runs.',
      units.Seconds,
      6,
      [query('{{class}}', max(['class'], ours.of('job_oldest_waiting_age_seconds')))],
      { alerts: ['JobQueueOld'], thresholds: [{ value: 600, colour: 'red' }] },
    ),
    stat('Slots at work', 'Slices the processes are working on.', units.Short, 6, [
      query('{{class}}', sum(['class'], ours.of('job_slots_busy'))),
    ]),
  ],
};

const lead: RowSpec = {
  title: 'Lead time',
  height: 8,
  panels: [
    chart(
      'Lead time by class (p95)',
      'Time from the request until 95 of 100 jobs of a class had ended: what a tenant waits.',
      units.Seconds,
      12,
      tail('{{class}}', ours.quantile(0.95, ['class'], LEAD)),
      { alerts: ['JobQueueOld'] },
    ),
    chart(
      'All jobs',
      'Time from the request for a job until it ended. A dot is one job: it leads to its log lines.',
      units.Seconds,
      12,
      percentiles((q) => ours.quantile(q, [], LEAD)),
    ),
    chart(
      'Lead time by kind (p95)',
      'The same for each kind of job.',
      units.Seconds,
      8,
      tail('{{kind}}', ours.quantile(0.95, ['kind'], LEAD)),
    ),
    chart(
      'Wait by kind (p95)',
      'Time until the first slice began. Where lead time is long and this is too, slots are missing.',
      units.Seconds,
      8,
      tail('{{kind}}', ours.quantile(0.95, ['kind'], 'job_queue_seconds')),
    ),
    chart(
      'Work by kind (p95)',
      'Time the slices of a job took together, attempts that failed included.',
      units.Seconds,
      8,
      tail('{{kind}}', ours.quantile(0.95, ['kind'], 'job_execution_seconds')),
    ),
  ],
};

const outcomes: RowSpec = {
  title: 'How they end',
  height: 8,
  panels: [
    chart(
      'Jobs ended',
      'Jobs ended, by kind and outcome.',
      units.Short,
      8,
      [query('{{kind}} {{outcome}}', ours.increasePer(['kind', 'outcome'], `${LEAD}_count`))],
      { alerts: ['JobsParked'] },
    ),
    chart(
      'Attempts at slices',
      'Attempts by how they ended; lost = another process has taken over, because a lease had run out.',
      units.Short,
      8,
      [query('{{kind}} {{outcome}}', ours.increasePer(['kind', 'outcome'], 'job_slices_total'))],
    ),
    chart(
      'Corrected lanes',
      'Lanes whose counters did not agree with their rows. More than 0 is a bug, or a change by hand.',
      units.Short,
      8,
      [query('{{service}}', ours.increasePer(['service'], 'job_lane_corrections_total'))],
    ),
  ],
};

const workers: RowSpec = {
  title: 'Workers and what they leave',
  height: 8,
  panels: [
    chart(
      'Open jobs',
      'Jobs that have not ended, by class and state.',
      units.Short,
      8,
      [query('{{class}} {{state}}', max(['class', 'state'], ours.of('jobs_open')))],
      { stacked: true },
    ),
    chart(
      'Claims (p95)',
      'Time to look for the next slice and take it, by what was found. It grows when the database is slow.',
      units.Seconds,
      8,
      [query('{{outcome}}', ours.quantile(0.95, ['outcome'], 'job_claim_seconds'))],
    ),
    chart('Webhooks', 'Calls of webhooks, by what came of them.', units.Short, 8, [
      query('{{outcome}}', ours.increasePer(['outcome'], 'webhook_attempts_total')),
    ]),
    chart('Files removed', 'Files no task needed any more, removed per second.', units.OpsPerSecond, 8, [
      query('removed', ours.ratePer([], 'task_files_removed_total')),
    ]),
    chart(
      'Free space of files',
      'Free space on the disk of the store of files.',
      units.BytesIEC,
      8,
      [query('{{service}}', min(['service'], ours.of('blob_free_bytes')))],
      { alerts: ['DiskSpaceLow'] },
    ),
    chart('Files written', 'Bytes written to the store of files, by driver.', units.BytesPerSecondIEC, 8, [
      query('{{driver}}', ours.ratePer(['driver'], 'blob_stored_bytes_total')),
    ]),
    chart(
      'Store of files at S3 (p95)',
      'Time until an S3 server answered, repetitions included. Nothing where files are kept in a folder.',
      units.Seconds,
      8,
      tail(
        '{{operation}} {{outcome}}',
        ours.quantile(0.95, ['operation', 'outcome'], 'blob_s3_request_duration_seconds'),
      ),
    ),
  ],
};

export const jobs: DashboardSpec = {
  uid: 'mirante-jobs',
  title: 'Mirante: jobs and lead time',
  description: 'What waits, how long tenants wait, and how jobs end.',
  tags: ['jobs'],
  variables: serviceVariables('build_info'),
  rows: [now, lead, outcomes, workers],
};
