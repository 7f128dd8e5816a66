import * as units from '@grafana/grafana-foundation-sdk/units';
import type { DashboardSpec, RowSpec } from '../model/dashboard-spec.js';
import { chart, percentiles, query, stat, table, tail } from '../model/panels.js';
import { max, ours, sum } from '../model/promql.js';
import { serviceVariables } from '../model/variables.js';

const HTTP = 'http_server_request_duration_seconds';
const CLIENT = 'http_client_request_duration_seconds';
const SERVER = 'rpc_server_duration_seconds';
const CALLS = 'rpc_client_duration_seconds';
const DB = 'db_client_operation_duration_seconds';

const state: RowSpec = {
  title: 'State',
  height: 5,
  panels: [
    stat('Up', 'Processes that answered the last scrape.', units.Short, 4, [query('up', `sum(${ours.of('up')})`)], {
      alerts: ['TargetDown'],
    }),
    stat(
      'Started',
      'How long the process that was started last runs. Short and always short: it crashes again and again.',
      units.DurationSeconds,
      4,
      [query('running', `time() - ${max([], ours.of('process_start_time_seconds'))}`)],
    ),
    stat('Requests in progress', 'HTTP requests that are being answered now.', units.Short, 4, [
      query('in progress', sum([], ours.of('http_server_active_requests'))),
    ]),
    table('What runs', 'Version and revision of each process, and of Node.js.', units.NoUnit, 12, [
      query('', `max by (service, instance, version, revision, node_version) (${ours.of('build_info')})`),
    ]),
  ],
};

const http: RowSpec = {
  title: 'HTTP',
  height: 8,
  panels: [
    chart(
      'Requests by route',
      'Requests per second of each route; unmatched = no such route.',
      units.RequestsPerSecond,
      8,
      [
        query(
          '{{http_request_method}} {{http_route}}',
          ours.ratePer(['http_request_method', 'http_route'], `${HTTP}_count`),
        ),
      ],
    ),
    chart(
      'Requests by status',
      'Requests per second by status of the answer.',
      units.RequestsPerSecond,
      8,
      [query('{{http_response_status_code}}', ours.ratePer(['http_response_status_code'], `${HTTP}_count`))],
      { stacked: true },
    ),
    chart(
      'Errors by route',
      'Share of the requests of each route answered with a status of 500 or above.',
      units.PercentUnit,
      8,
      [query('{{http_route}}', ours.share(['http_route'], `${HTTP}_count`, 'http_response_status_code=~"5.."'))],
    ),
    chart(
      'Duration',
      'Time until requests were answered. A dot is one request: it leads to its log lines.',
      units.Seconds,
      12,
      percentiles((q) => ours.quantile(q, [], HTTP)),
    ),
    chart(
      'Duration by route (p95)',
      'Time in which 95 of 100 requests of each route were answered.',
      units.Seconds,
      12,
      tail('{{http_route}}', ours.quantile(0.95, ['http_route'], HTTP)),
    ),
  ],
};

const rpc: RowSpec = {
  title: 'Calls between services',
  height: 8,
  panels: [
    chart(
      'Calls answered',
      'Calls the service has handled per second, by method and how they ended.',
      units.RequestsPerSecond,
      8,
      [query('{{rpc_method}} {{outcome}}', ours.ratePer(['rpc_method', 'outcome'], `${SERVER}_count`))],
    ),
    chart(
      'Duration of calls answered (p95)',
      'Time to handle a call, without the wait in the queue.',
      units.Seconds,
      8,
      tail('{{rpc_method}}', ours.quantile(0.95, ['rpc_method'], SERVER)),
    ),
    chart(
      'Calls come too late',
      'Calls dropped without being run because nobody waited for the answer any more.',
      units.Short,
      8,
      [query('{{rpc_method}}', ours.increasePer(['rpc_method'], 'rpc_server_expired_calls_total'))],
      { alerts: ['DeafConsumer'] },
    ),
    chart(
      'Calls made',
      'Calls of other services per second, by method and how they ended.',
      units.RequestsPerSecond,
      8,
      [query('{{rpc_method}} {{outcome}}', ours.ratePer(['rpc_method', 'outcome'], `${CALLS}_count`))],
    ),
    chart(
      'Duration of calls made (p95)',
      'Time until the answer was there, the wait in the queue included.',
      units.Seconds,
      8,
      tail('{{rpc_method}}', ours.quantile(0.95, ['rpc_method'], CALLS)),
    ),
    chart('Calls that wait', 'Calls whose answer is not there yet.', units.Short, 8, [
      query('{{service}}', sum(['service'], ours.of('rpc_client_in_flight_calls'))),
    ]),
  ],
};

const outside: RowSpec = {
  title: 'Outside world and database',
  height: 8,
  panels: [
    chart(
      'Requests to others',
      'HTTP requests the service has made per second, by host and status.',
      units.RequestsPerSecond,
      8,
      [
        query(
          '{{server_address}} {{http_response_status_code}} {{error_type}}',
          ours.ratePer(['server_address', 'http_response_status_code', 'error_type'], `${CLIENT}_count`),
        ),
      ],
    ),
    chart(
      'Duration of requests to others (p95)',
      'Time until the headers of the answer were there.',
      units.Seconds,
      8,
      tail('{{server_address}}', ours.quantile(0.95, ['server_address'], CLIENT)),
    ),
    chart('Statements', 'Statements to the database per second, by kind and outcome.', units.OpsPerSecond, 8, [
      query('{{db_operation_name}} {{outcome}}', ours.ratePer(['db_operation_name', 'outcome'], `${DB}_count`)),
    ]),
    chart(
      'Duration of statements (p95)',
      'Time of statements by table, without the wait for a connection.',
      units.Seconds,
      8,
      tail('{{db_collection_name}}', ours.quantile(0.95, ['db_collection_name'], DB)),
    ),
    chart(
      'Transactions run again',
      'Transactions repeated after a deadlock, a lock wait timeout or a lost connection.',
      units.Short,
      8,
      [query('{{reason}}', ours.increasePer(['reason'], 'db_transaction_retries_total'))],
    ),
    chart(
      'Log lines',
      'Lines written per second, by level.',
      units.CountsPerSecond,
      8,
      [query('{{level}}', ours.ratePer(['level'], 'log_lines_total'))],
      { stacked: true },
    ),
  ],
};

const gateway: RowSpec = {
  title: 'Gateway',
  height: 8,
  panels: [
    chart('Refused', 'Requests refused before they reached a route, by reason.', units.RequestsPerSecond, 8, [
      query('{{reason}}', ours.ratePer(['reason'], 'gateway_refused_requests_total')),
    ]),
    chart(
      'Keys looked up',
      'Questions to the database about keys; away = it did not answer.',
      units.RequestsPerSecond,
      8,
      [
        query('{{outcome}}', ours.ratePer(['outcome'], 'gateway_key_lookups_total')),
        query('requests with a key', ours.ratePer([], 'gateway_key_requests_total')),
      ],
    ),
    chart(
      'Limits of keys',
      'Requests reserved for keys; local = the database is away and each gateway counts for itself.',
      units.RequestsPerSecond,
      8,
      [query('{{kind}}', ours.ratePer(['kind'], 'gateway_key_limit_reservations_total'))],
    ),
    chart('Bytes', 'Bytes of uploads stored, of exports and of results sent.', units.BytesPerSecondIEC, 8, [
      query('uploads', ours.ratePer([], 'gateway_uploaded_bytes_total')),
      query('exports', ours.ratePer([], 'gateway_exported_bytes_total')),
      query('results of tasks', ours.ratePer([], 'gateway_task_result_bytes_total')),
    ]),
    chart(
      'In progress',
      'Uploads that arrive, exports that are sent and streams of tasks that are open now.',
      units.Short,
      8,
      [
        query('uploads', sum([], ours.of('gateway_uploads_in_flight'))),
        query('exports', sum([], ours.of('gateway_exports_in_flight'))),
        query('streams', sum([], ours.of('gateway_task_streams'))),
      ],
    ),
    chart(
      'Uploads and exports',
      'How uploads, pieces of resumable uploads and exports ended, per second.',
      units.OpsPerSecond,
      8,
      [
        query('upload {{outcome}}', ours.ratePer(['outcome'], 'gateway_uploads_total')),
        query('resumable {{step}}', ours.ratePer(['step'], 'gateway_resumable_uploads_total')),
        query('piece {{outcome}}', ours.ratePer(['outcome'], 'gateway_upload_pieces_total')),
        query('export {{outcome}}', ours.ratePer(['outcome'], 'gateway_exports_total')),
      ],
    ),
  ],
};

export const service: DashboardSpec = {
  uid: 'mirante-service',
  title: 'Mirante: service in detail',
  description: 'What one service does, by route, method, table and host, and where its time goes.',
  tags: ['service'],
  variables: serviceVariables(),
  rows: [state, http, rpc, outside, gateway],
};
