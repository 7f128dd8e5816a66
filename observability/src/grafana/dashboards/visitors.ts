import * as units from '@grafana/grafana-foundation-sdk/units';
import type { DashboardSpec, RowSpec } from '../model/dashboard-spec.js';
import { chart, percentiles, query, stat } from '../model/panels.js';
import { max, ours, sum } from '../model/promql.js';
import { serviceVariables } from '../model/variables.js';

const counting: RowSpec = {
  title: 'Counting',
  height: 8,
  panels: [
    chart(
      'Visits',
      'Visits per second, by class: people, those not to be followed, programs, prefetches, files.',
      units.CountsPerSecond,
      8,
      [query('{{class}}', ours.ratePer(['class'], 'visits_total'))],
      { stacked: true },
    ),
    chart(
      'Lost',
      'Visits that could not be kept until they were sent. The figures shown to people are too low by these.',
      units.Short,
      8,
      [query('{{reason}}', ours.increasePer(['reason'], 'visit_events_lost_total'))],
      { alerts: ['VisitsLost'] },
    ),
    stat(
      'Lost in all',
      'Visits lost in the time shown.',
      units.Short,
      4,
      [query('lost', ours.total('visit_events_lost_total'))],
      { alerts: ['VisitsLost'], thresholds: [{ value: 1, colour: 'red' }], decimals: 0 },
    ),
    stat(
      'Waiting',
      'Different visitors of visits the broker has not confirmed yet. It grows while the broker is away.',
      units.Short,
      4,
      [query('waiting', sum([], ours.of('visit_buffered_visitors')))],
    ),
  ],
};

const recording: RowSpec = {
  title: 'Recording',
  height: 8,
  panels: [
    chart(
      'Until the figures include it',
      'Time from the oldest hit of an event until the figures include it.',
      units.Seconds,
      8,
      percentiles((q) => ours.quantile(q, [], 'visit_lag_seconds')),
    ),
    chart('Size of batches', 'Mean number of hits recorded in one transaction.', units.Short, 8, [
      query('hits', ours.mean([], 'visit_batch_size_hits')),
    ]),
    chart(
      'Too late',
      'Visitors that arrived after the key of their day was destroyed: their hits are counted, they are not.',
      units.Short,
      8,
      [query('visitors', ours.increasePer([], 'visit_late_visitors_total'))],
    ),
  ],
};

const people: RowSpec = {
  title: 'People',
  height: 8,
  panels: [
    chart('Pages that watch', 'Pages that watch the figures now.', units.Short, 8, [
      query('pages', sum([], ours.of('visitor_streams_open'))),
    ]),
    chart('Feedback', 'Feedback by what became of it.', units.Short, 8, [
      query('{{outcome}}', ours.increasePer(['outcome'], 'feedback_total')),
    ]),
    chart('Feedback not mailed', 'Feedback that is stored and not mailed yet.', units.Short, 8, [
      query('waiting', max([], ours.of('feedback_waiting_mails'))),
    ]),
  ],
};

export const visitors: DashboardSpec = {
  uid: 'mirante-visitors',
  title: 'Mirante: visitors',
  description: 'Whether every visit is counted, how soon, and what became of feedback.',
  tags: ['visitors'],
  variables: serviceVariables('build_info'),
  rows: [counting, recording, people],
};
