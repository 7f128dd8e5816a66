import * as units from '@grafana/grafana-foundation-sdk/units';
import type { DashboardSpec, RowSpec } from '../model/dashboard-spec.js';
import { bars, chart, query, stat, tail } from '../model/panels.js';
import { max, min, ours, sum } from '../model/promql.js';
import { serviceVariables } from '../model/variables.js';

const SPENT = max(['source'], ours.of('capture_budget_spent_usd'));
const LIMIT = max(['source'], ours.of('capture_budget_limit_usd'));

const now: RowSpec = {
  title: 'Now',
  height: 6,
  panels: [
    stat(
      'Lag',
      'Age of what was last seen of the followed part that is furthest behind, by network.',
      units.Seconds,
      8,
      [query('{{source}}', max(['source'], ours.of('capture_lag_seconds')))],
      { alerts: ['IngestStalled'], thresholds: [{ value: 900, colour: 'red' }] },
    ),
    bars(
      'Budget spent today',
      'What each network has cost since midnight UTC, of what may be spent per day. At 100 % captures stop until then.',
      units.PercentUnit,
      8,
      [query('{{source}}', `${SPENT} / ${LIMIT}`)],
      {
        alerts: ['CaptureBudgetSpent'],
        min: 0,
        max: 1,
        thresholds: [
          { value: 0.8, colour: 'orange' },
          { value: 1, colour: 'red' },
        ],
      },
    ),
    stat(
      'Paused',
      '1 while nobody may ask a network with the present credential, by reason.',
      units.BoolYesNo,
      8,
      [query('{{source}} {{reason}}', max(['source', 'reason'], ours.of('upstream_paused')))],
      { alerts: ['SourceHalted', 'SourceRateLimited'], thresholds: [{ value: 1, colour: 'red' }] },
    ),
  ],
};

const freshness: RowSpec = {
  title: 'Posts, lag and gaps',
  height: 8,
  panels: [
    chart('Posts', 'Posts taken in per second, by network and what became of them.', units.CountsPerSecond, 8, [
      query('{{source}} {{outcome}}', ours.ratePer(['source', 'outcome'], 'capture_posts_total')),
    ]),
    chart(
      'Lag',
      'How far the followed part that is furthest behind is behind its network.',
      units.Seconds,
      8,
      [query('{{source}}', max(['source'], ours.of('capture_lag_seconds')))],
      { alerts: ['IngestStalled'] },
    ),
    chart(
      'Overdue',
      'How much later than planned a followed part has not been read: the objective is five minutes at most.',
      units.Seconds,
      8,
      [query('{{source}}', max(['source'], ours.of('capture_overdue_seconds')))],
      { alerts: ['IngestStalled'], thresholds: [{ value: 300, colour: 'red' }] },
    ),
    chart(
      'Gaps',
      'Time of which posts of followed tags are missing for good, by network and reason.',
      units.Seconds,
      8,
      [query('{{source}} {{reason}}', ours.increasePer(['source', 'reason'], 'capture_gap_seconds_total'))],
      { alerts: ['IngestGapOpen'] },
    ),
    chart(
      'Parts of captures',
      'Parts in each state, over all processes.',
      units.Short,
      8,
      [query('{{source}} {{state}}', max(['source', 'state'], ours.of('capture_parts')))],
      { alerts: ['IngestStalled'] },
    ),
    chart('Errors', 'Steps of captures and streams a network ended with an error.', units.Short, 8, [
      query('{{source}} {{reason}}', ours.increasePer(['source', 'reason'], 'capture_errors_total')),
    ]),
    chart(
      'Duration of steps (p95)',
      'Time from asking a network until its posts are stored.',
      units.Seconds,
      8,
      tail('{{source}} {{outcome}}', ours.quantile(0.95, ['source', 'outcome'], 'capture_step_duration_seconds')),
    ),
    chart('Shortfall', 'Posts a network counted beyond what its complete search gave.', units.Short, 8, [
      query('{{source}}', ours.increasePer(['source'], 'capture_shortfall_posts_total')),
    ]),
    chart(
      'Pages',
      'Pages of searches per second, by page size: less than 100 came after answers 503.',
      units.OpsPerSecond,
      8,
      [query('{{source}} {{size}}', ours.ratePer(['source', 'size'], 'capture_pages_total'))],
    ),
    chart('Looked up again', 'Stored posts looked up again, by what had become of them.', units.CountsPerSecond, 8, [
      query('{{source}} {{outcome}}', ours.ratePer(['source', 'outcome'], 'compliance_checked_posts_total')),
    ]),
  ],
};

const limits: RowSpec = {
  title: 'Budget and rate limits',
  height: 8,
  panels: [
    chart(
      'Spent today',
      'Cost since midnight UTC, and the most that may be spent.',
      units.Dollars,
      8,
      [query('{{source}} spent', SPENT), query('{{source}} limit', LIMIT)],
      { alerts: ['CaptureBudgetSpent'] },
    ),
    chart(
      'Requests left in the window',
      'Requests an endpoint still allows, as its last answer said. 0: wait for the window to end.',
      units.Short,
      8,
      [query('{{source}} {{endpoint}}', min(['source', 'endpoint'], ours.of('upstream_rate_remaining')))],
      { alerts: ['SourceRateLimited'] },
    ),
    chart(
      'Share left at Mastodon',
      'Share of the requests an instance allows per window that is left.',
      units.PercentUnit,
      8,
      [query('{{server_address}}', min(['server_address'], ours.of('mastodon_rate_remaining_ratio')))],
      { alerts: ['SourceRateLimited'], min: 0, max: 1 },
    ),
    chart(
      'Requests to networks',
      'Requests per second by class of the answer and why it was no use.',
      units.RequestsPerSecond,
      12,
      [
        query(
          '{{source}} {{status_class}} {{reason}}',
          ours.ratePer(['source', 'status_class', 'reason'], 'upstream_requests_total'),
        ),
      ],
      { alerts: ['SourceRateLimited'] },
    ),
    chart(
      'Oldest look',
      'Time since the stored posts that wait longest for a look were last known to be there.',
      units.Seconds,
      12,
      [query('{{source}}', max(['source'], ours.of('compliance_oldest_check_age_seconds')))],
    ),
  ],
};

const streams: RowSpec = {
  title: 'Open streams',
  height: 8,
  panels: [
    chart('Streams', 'Streams read now: one per network over all processes.', units.Short, 6, [
      query('{{source}}', sum(['source'], ours.of('capture_stream_leads'))),
      query('{{source}} tags with rules', max(['source'], ours.of('capture_stream_rules'))),
    ]),
    chart('Attempts to open', 'Attempts to open a stream, by outcome.', units.Short, 6, [
      query('{{source}} {{outcome}}', ours.increasePer(['source', 'outcome'], 'capture_stream_connects_total')),
    ]),
    chart('Events of Jetstream', 'Events read per second, by what they were.', units.EventsPerSecond, 6, [
      query('{{kind}}', ours.ratePer(['kind'], 'bluesky_events_total')),
    ]),
    chart('Authors at Bluesky', 'Authors looked up per second, by outcome.', units.CountsPerSecond, 6, [
      query('{{outcome}}', ours.ratePer(['outcome'], 'bluesky_profiles_total')),
    ]),
  ],
};

const archives: RowSpec = {
  title: 'Archives and figures',
  height: 8,
  panels: [
    chart('Imports', 'Archives being imported now.', units.Short, 8, [
      query('{{instance}}', sum(['instance'], ours.of('archive_imports_running'))),
    ]),
    chart(
      'Duration of imports (p95)',
      'Time from the request until all posts of an archive are stored.',
      units.Seconds,
      8,
      tail('{{outcome}}', ours.quantile(0.95, ['outcome'], 'archive_import_duration_seconds')),
    ),
    chart(
      'Storing a batch (p95)',
      'Time to store a batch of posts with authors, tags and events.',
      units.Seconds,
      8,
      tail('all', ours.quantile(0.95, [], 'archive_batch_store_duration_seconds')),
    ),
    chart('Figures changed', 'Posts per second by what they changed in the roll-ups.', units.CountsPerSecond, 6, [
      query('{{change}}', ours.ratePer(['change'], 'rollup_posts_applied_total')),
    ]),
    chart(
      'Applying a batch (p95)',
      'Time to apply a batch of events to facts and roll-ups.',
      units.Seconds,
      6,
      tail('{{outcome}}', ours.quantile(0.95, ['outcome'], 'rollup_apply_duration_seconds')),
    ),
    chart(
      'Drift of figures',
      'Differences between roll-ups and facts at the last recount, and recounts that found some. Both must be 0.',
      units.Short,
      6,
      [
        query('drift', max([], ours.of('rollup_drift'))),
        query('{{outcome}} recounts', ours.increasePer(['outcome'], 'rollup_recounts_total')),
      ],
      { alerts: ['RollupDrift'], thresholds: [{ value: 1, colour: 'red' }] },
    ),
    chart(
      'Reports (p95)',
      'Time to answer a report, by whether roll-ups were enough.',
      units.Seconds,
      6,
      tail('{{report}} {{path}}', ours.quantile(0.95, ['report', 'path'], 'report_duration_seconds')),
    ),
  ],
};

const search: RowSpec = {
  title: 'Search of posts',
  height: 8,
  panels: [
    stat(
      'Index complete',
      '1 when the full-text index holds every post; until then posts are searched themselves.',
      units.BoolYesNo,
      6,
      [query('complete', min([], ours.of('post_search_index_complete')))],
    ),
    chart(
      'Posts indexed',
      'Posts given to the index per second; rejected = it never will take it.',
      units.CountsPerSecond,
      9,
      [query('{{index}} {{outcome}}', ours.ratePer(['index', 'outcome'], 'post_search_indexed_posts_total'))],
    ),
    chart(
      'Looks (p95)',
      'Time one look for the words of a query took, by where it was done.',
      units.Seconds,
      9,
      tail('{{way}} {{outcome}}', ours.quantile(0.95, ['way', 'outcome'], 'post_search_seconds')),
    ),
  ],
};

export const ingest: DashboardSpec = {
  uid: 'mirante-ingest',
  title: 'Mirante: ingest',
  description: 'How fresh and how complete captured posts are, what they cost, and what networks still allow.',
  tags: ['ingest'],
  variables: serviceVariables('build_info'),
  rows: [now, freshness, limits, streams, archives, search],
};
