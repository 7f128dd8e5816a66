import * as units from '@grafana/grafana-foundation-sdk/units';
import type { SloSignal } from '../../signals/slos.js';
import type { DashboardSpec, DrillDownSpec } from '../model/dashboard-spec.js';
import { bars, chart, query, stat, table, tail } from '../model/panels.js';
import { max, ours, sum } from '../model/promql.js';
import { serviceVariables } from '../model/variables.js';
import { nameOf } from './objectives.js';

const HTTP = 'http_server_request_duration_seconds';
const RPC = 'rpc_server_duration_seconds';
const EVENTS = 'messaging_process_duration_seconds';
const SLOS = 'service=~"$service"';
const BURNING = 'slo:sli_error:ratio_rate1h{service=~"$service"} / (1 - slo:objective:ratio)';

const toService: DrillDownSpec = {
  title: 'This service in detail',
  dashboard: 'mirante-service',
  variables: { service: 'service' },
};

export const overviewOf = (slos: readonly SloSignal[]): DashboardSpec => ({
  uid: 'mirante-overview',
  title: 'Mirante: overview',
  description:
    'Is everything well? Rate, errors and duration of every service, and how much of each objective is left.',
  tags: ['overview'],
  variables: serviceVariables(),
  rows: [
    {
      title: 'Now',
      height: 5,
      panels: [
        stat(
          'Processes up',
          'Processes of the services that answered the last scrape. Fewer than there should be: one is down or hangs.',
          units.Short,
          4,
          [query('up', `sum(${ours.of('up')})`)],
          { alerts: ['TargetDown'] },
        ),
        stat(
          'Alerts that page',
          'Alerts that fire now and are to be looked at at once. More than 0: open their runbooks from the table below.',
          units.Short,
          4,
          [query('firing', 'count(ALERTS{alertstate="firing", severity="page"}) or vector(0)')],
          { thresholds: [{ value: 1, colour: 'red' }] },
        ),
        stat('Requests', 'HTTP requests answered per second.', units.RequestsPerSecond, 4, [
          query('requests', ours.ratePer([], `${HTTP}_count`)),
        ]),
        stat(
          'Errors of requests',
          'Share of HTTP requests answered with a status of 500 or above: our fault, not the caller’s.',
          units.PercentUnit,
          4,
          [query('errors', ours.share([], `${HTTP}_count`, 'http_response_status_code=~"5.."'))],
          {
            thresholds: [
              { value: 0.001, colour: 'yellow' },
              { value: 0.01, colour: 'red' },
            ],
          },
        ),
        stat(
          'Oldest event not sent',
          'Age of the oldest event that is stored and not yet with the broker. Minutes: the broker is away or refuses.',
          units.Seconds,
          4,
          [query('oldest', max([], ours.of('outbox_oldest_pending_age_seconds')))],
          { alerts: ['OutboxOld'], thresholds: [{ value: 60, colour: 'red' }] },
        ),
        stat(
          'Parked messages',
          'Messages nobody could handle, in the time shown. Each waits for a person: see the runbook.',
          units.Short,
          4,
          [query('parked', ours.total('messaging_parked_messages_total'))],
          { alerts: ['ParkingNotEmpty'], thresholds: [{ value: 1, colour: 'red' }], decimals: 0 },
        ),
      ],
    },
    {
      title: 'Objectives',
      height: 9,
      panels: [
        bars(
          'Error budget left',
          'Share of the failures that each objective allows in 30 days and that have not happened yet. Below 0: missed.',
          units.PercentUnit,
          8,
          [query(nameOf(slos), `slo:error_budget_remaining:ratio{${SLOS}}`)],
          { max: 1, min: -1, drillDown: toService },
        ),
        chart(
          'Burn rate',
          'How fast the error budget goes: 1 uses it up in exactly 30 days, 14.4 within two days and pages.',
          units.NoUnit,
          8,
          [query(nameOf(slos), BURNING)],
          { thresholds: [{ value: 14.4, colour: 'red' }], drillDown: toService },
        ),
        table(
          'Alerts',
          'What fires now. The runbook of each is docs/runbooks/, or the page Operations.',
          units.NoUnit,
          8,
          [query('', 'max by (alertname, severity, service, slo) (ALERTS{alertstate="firing"})')],
          { alerts: ['Watchdog'] },
        ),
      ],
    },
    {
      title: 'HTTP',
      height: 8,
      panels: [
        chart(
          'Requests',
          'HTTP requests per second and service.',
          units.RequestsPerSecond,
          8,
          [query('{{service}}', ours.ratePer(['service'], `${HTTP}_count`))],
          { drillDown: toService },
        ),
        chart(
          'Errors',
          'Share of the HTTP requests answered with a status of 500 or above.',
          units.PercentUnit,
          8,
          [query('{{service}}', ours.share(['service'], `${HTTP}_count`, 'http_response_status_code=~"5.."'))],
          { drillDown: toService },
        ),
        chart(
          'Duration (p95)',
          'Time in which 95 of 100 HTTP requests were answered. A dot is one request: it leads to its log lines.',
          units.Seconds,
          8,
          tail('{{service}}', ours.quantile(0.95, ['service'], HTTP)),
          { drillDown: toService },
        ),
      ],
    },
    {
      title: 'Calls between services',
      height: 8,
      panels: [
        chart(
          'Calls',
          'Remote calls handled per second, by the service that answers.',
          units.RequestsPerSecond,
          8,
          [query('{{service}}', ours.ratePer(['service'], `${RPC}_count`))],
          { drillDown: toService },
        ),
        chart(
          'Errors of calls',
          'Share of the calls that failed by our fault or came too late; refusals of bad requests are not in it.',
          units.PercentUnit,
          8,
          [query('{{service}}', ours.share(['service'], `${RPC}_count`, 'outcome=~"error|timeout"'))],
          { drillDown: toService },
        ),
        chart(
          'Duration of calls (p95)',
          'Time in which 95 of 100 calls were handled, without the wait in the queue.',
          units.Seconds,
          8,
          tail('{{service}}', ours.quantile(0.95, ['service'], RPC)),
          { drillDown: toService },
        ),
      ],
    },
    {
      title: 'Events',
      height: 8,
      panels: [
        chart(
          'Events handled',
          'Messages and batches handled per second, by service.',
          units.MessagesPerSecond,
          8,
          [query('{{service}}', ours.ratePer(['service'], `${EVENTS}_count`))],
          { drillDown: toService },
        ),
        chart(
          'Errors of handlers',
          'Share of the messages whose handler failed; each is tried again, at last it is parked.',
          units.PercentUnit,
          8,
          [query('{{service}}', ours.share(['service'], `${EVENTS}_count`, 'outcome="error"'))],
          { drillDown: toService },
        ),
        chart(
          'Age of events (p95)',
          'How old an event is when its handler starts. It grows when consumers do not keep up.',
          units.Seconds,
          8,
          tail('{{service}}', ours.quantile(0.95, ['service'], 'messaging_queue_lag_seconds')),
          { drillDown: toService },
        ),
      ],
    },
    {
      title: 'Processes',
      height: 7,
      panels: [
        chart(
          'CPU',
          'Cores used, by service.',
          units.Short,
          8,
          [query('{{service}}', ours.ratePer(['service'], 'process_cpu_seconds_total'))],
          { drillDown: toService },
        ),
        chart(
          'Memory',
          'Resident memory, by service, all its processes together.',
          units.BytesIEC,
          8,
          [query('{{service}}', sum(['service'], ours.of('process_resident_memory_bytes')))],
          { drillDown: toService },
        ),
        chart(
          'Event loop (p99)',
          'Delay of the event loop: for so long a process answered nobody.',
          units.Seconds,
          8,
          [query('{{service}}', max(['service'], ours.of('nodejs_eventloop_lag_p99_seconds')))],
          { alerts: ['EventLoopSlow'], drillDown: toService },
        ),
      ],
    },
  ],
});
