import * as units from '@grafana/grafana-foundation-sdk/units';
import type { DashboardSpec, RowSpec } from '../model/dashboard-spec.js';
import { chart, query, stat } from '../model/panels.js';
import { alertmanager, max, ours, prometheus } from '../model/promql.js';
import { ALERTMANAGER_VARIABLE, PROMETHEUS_VARIABLE, serviceVariables } from '../model/variables.js';

const SCRAPES = '{job=~".+", instance=~".+"}';

const now: RowSpec = {
  title: 'Can what is shown be trusted?',
  height: 5,
  panels: [
    stat(
      'Targets down',
      'Targets that did not answer the last scrape. What they would show is missing everywhere.',
      units.Short,
      4,
      [query('down', `count(up${SCRAPES} == 0) or vector(0)`)],
      { alerts: ['TargetDown', 'TelemetryTargetDown', 'TelemetrySilent'], thresholds: [{ value: 1, colour: 'red' }] },
    ),
    stat(
      'Rules that fail',
      'Evaluations of rules that failed in the time shown: alerts may be blind.',
      units.Short,
      4,
      [query('failed', prometheus.total('prometheus_rule_evaluation_failures_total'))],
      { alerts: ['PrometheusRuleFailures'], thresholds: [{ value: 1, colour: 'red' }], decimals: 0 },
    ),
    stat(
      'Alertmanagers',
      'Alertmanagers Prometheus sends to. 0: nobody is told of anything.',
      units.Short,
      4,
      [query('known', max([], prometheus.of('prometheus_notifications_alertmanagers_discovered')))],
      { alerts: ['PrometheusNotConnectedToAlertmanager'] },
    ),
    stat(
      'Watchdog',
      '1 while the alert that always fires does. 0: rules are not evaluated.',
      units.BoolYesNo,
      4,
      [query('watchdog', 'count(ALERTS{alertname="Watchdog", alertstate="firing"}) or vector(0)')],
      { alerts: ['Watchdog'] },
    ),
    stat(
      'Log lines lost',
      'Lines not written in the time shown because the buffer was full. Those suppressed as repetitions are not in it.',
      units.Short,
      4,
      [query('lost', ours.total('log_lines_dropped_total', 'reason="buffer_full"'))],
      { alerts: ['LogLinesDropped'], thresholds: [{ value: 1, colour: 'red' }], decimals: 0 },
    ),
    stat(
      'Over the cap',
      'Observations put under __overflow__ in the time shown because a metric had too many label sets.',
      units.Short,
      4,
      [query('overflow', ours.total('metrics_cardinality_overflow_total'))],
      { alerts: ['CardinalityOverflow'], thresholds: [{ value: 1, colour: 'red' }], decimals: 0 },
    ),
  ],
};

const scrapes: RowSpec = {
  title: 'Scrapes',
  height: 8,
  panels: [
    chart(
      'Up',
      'Share of the targets of each job that answered.',
      units.PercentUnit,
      8,
      [query('{{job}}', `avg by (job) (up${SCRAPES})`)],
      { alerts: ['TargetDown', 'TelemetrySilent'], min: 0, max: 1 },
    ),
    chart(
      'Duration of scrapes',
      'Time of the slowest scrape of each job.',
      units.Seconds,
      8,
      [query('{{job}}', `max by (job) (scrape_duration_seconds${SCRAPES})`)],
      { alerts: ['ScrapeSlow'] },
    ),
    chart(
      'Samples',
      'Samples of one scrape, by job.',
      units.Short,
      8,
      [query('{{job}}', `sum by (job) (scrape_samples_scraped${SCRAPES})`)],
      { alerts: ['CardinalityOverflow'] },
    ),
    chart(
      'Over the cap',
      'Observations put under __overflow__, by metric.',
      units.Short,
      8,
      [query('{{service}} {{metric}}', ours.increasePer(['service', 'metric'], 'metrics_cardinality_overflow_total'))],
      { alerts: ['CardinalityOverflow'] },
    ),
    chart(
      'Left out',
      'Metrics left out of a scrape because reading their value failed.',
      units.Short,
      8,
      [query('{{service}} {{metric}}', ours.increasePer(['service', 'metric'], 'metrics_collect_errors_total'))],
      { alerts: ['ScrapeIncomplete', 'SloSignalMissing'] },
    ),
    chart(
      'Faults on purpose',
      'Faults somebody has switched on, and what the storm of label values has observed. Nothing where faults are not enabled.',
      units.Short,
      8,
      [
        query('{{service}} {{flag}}', max(['service', 'flag'], ours.of('fault_active'))),
        query('{{service}} storm', ours.increasePer(['service'], 'fault_storm_observations_total')),
      ],
    ),
    chart('New series', 'Series a scrape added, by job. Restless labels make it high for ever.', units.Short, 8, [
      query('{{job}}', `sum by (job) (scrape_series_added${SCRAPES})`),
    ]),
  ],
};

const logs: RowSpec = {
  title: 'Logs',
  height: 8,
  panels: [
    chart('Lines', 'Lines handed to the writer per second, by service and level.', units.CountsPerSecond, 6, [
      query('{{service}} {{level}}', ours.ratePer(['service', 'level'], 'log_lines_total')),
    ]),
    chart(
      'Not written',
      'Lines dropped, by reason; repeated = suppressed on purpose, a summary line tells how many.',
      units.Short,
      6,
      [query('{{service}} {{reason}}', ours.increasePer(['service', 'reason'], 'log_lines_dropped_total'))],
      { alerts: ['LogLinesDropped'] },
    ),
    chart(
      'Buffer',
      'Bytes that wait in memory to be written. It fills when the disk is slow or full.',
      units.BytesIEC,
      6,
      [query('{{service}}', max(['service'], ours.of('log_buffer_bytes')))],
      { alerts: ['LogBufferFilling'] },
    ),
    chart(
      'Failed writes',
      'Attempts to write lines that failed, by error; the lines are kept and tried again.',
      units.Short,
      6,
      [query('{{service}} {{error_code}}', ours.increasePer(['service', 'error_code'], 'log_write_errors_total'))],
      { alerts: ['LogWriteErrors'] },
    ),
  ],
};

const itself: RowSpec = {
  title: 'Prometheus and Alertmanager',
  height: 8,
  panels: [
    chart(
      'Series',
      'Series Prometheus holds in memory.',
      units.Short,
      8,
      [query('{{instance}}', prometheus.of('prometheus_tsdb_head_series'))],
      { alerts: ['CardinalityOverflow'] },
    ),
    chart('Samples', 'Samples stored per second.', units.CountsPerSecond, 8, [
      query('{{instance}}', prometheus.ratePer(['instance'], 'prometheus_tsdb_head_samples_appended_total')),
    ]),
    chart(
      'Exemplars',
      'Exemplars stored per second: the dots that lead from latencies to log lines.',
      units.CountsPerSecond,
      8,
      [query('{{instance}}', prometheus.ratePer(['instance'], 'prometheus_tsdb_exemplar_exemplars_appended_total'))],
    ),
    chart(
      'Rules',
      'Evaluations that failed, and evaluations missed because the one before took too long.',
      units.Short,
      8,
      [
        query('failed', prometheus.increasePer([], 'prometheus_rule_evaluation_failures_total')),
        query('missed', prometheus.increasePer([], 'prometheus_rule_group_iterations_missed_total')),
      ],
      { alerts: ['PrometheusRuleFailures'] },
    ),
    chart(
      'Alerts on their way',
      'Alerts that wait to be sent to Alertmanager, and alerts dropped.',
      units.Short,
      8,
      [
        query('waiting', max([], prometheus.of('prometheus_notifications_queue_length'))),
        query('dropped', prometheus.increasePer([], 'prometheus_notifications_dropped_total')),
      ],
      { alerts: ['PrometheusNotConnectedToAlertmanager'] },
    ),
    chart(
      'Messages of Alertmanager',
      'Messages sent to receivers, and those that failed.',
      units.Short,
      8,
      [
        query('{{integration}} sent', alertmanager.increasePer(['integration'], 'alertmanager_notifications_total')),
        query(
          '{{integration}} failed',
          alertmanager.increasePer(['integration'], 'alertmanager_notifications_failed_total'),
        ),
      ],
      { alerts: ['AlertmanagerDeliveryFailing'] },
    ),
  ],
};

export const telemetry: DashboardSpec = {
  uid: 'mirante-telemetry',
  title: 'Mirante: telemetry health',
  description: 'Whether the other dashboards can be trusted: scrapes, rules, alerts, log lines, exemplars.',
  tags: ['telemetry'],
  variables: [...serviceVariables(), PROMETHEUS_VARIABLE, ALERTMANAGER_VARIABLE],
  rows: [now, scrapes, logs, itself],
};
