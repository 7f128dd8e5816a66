import * as units from '@grafana/grafana-foundation-sdk/units';
import type { DashboardSpec, RowSpec } from '../model/dashboard-spec.js';
import { chart, query, stat, tail } from '../model/panels.js';
import { database, ours, sum } from '../model/promql.js';
import { DATABASE_VARIABLE, serviceVariables } from '../model/variables.js';

const DB = 'db_client_operation_duration_seconds';
const STATUS = 'mysql_global_status';
const VARIABLES = 'mysql_global_variables';
const PER_INSTANCE = ['instance'];
const READS = database.ratePer(PER_INSTANCE, `${STATUS}_innodb_buffer_pool_read_requests`);
const MISSES = database.ratePer(PER_INSTANCE, `${STATUS}_innodb_buffer_pool_reads`);

const now: RowSpec = {
  title: 'Now',
  height: 5,
  panels: [
    stat(
      'Up',
      '1 when the exporter reaches the database.',
      units.BoolYesNo,
      4,
      [query('{{instance}}', database.of('mysql_up'))],
      { alerts: ['MysqlDown'] },
    ),
    stat('Runs for', 'Time since the database was started.', units.DurationSeconds, 4, [
      query('{{instance}}', database.of(`${STATUS}_uptime`)),
    ]),
    stat('Questions', 'Statements of clients per second.', units.OpsPerSecond, 4, [
      query('questions', database.ratePer([], `${STATUS}_questions`)),
    ]),
    stat(
      'Connections used',
      'Share of the connections allowed. At 100 % services get no more.',
      units.PercentUnit,
      4,
      [
        query(
          '{{instance}}',
          `${database.of(`${STATUS}_threads_connected`)} / ${database.of(`${VARIABLES}_max_connections`)}`,
        ),
      ],
      {
        alerts: ['MysqlConnectionsNearLimit'],
        max: 1,
        thresholds: [
          { value: 0.7, colour: 'orange' },
          { value: 0.85, colour: 'red' },
        ],
      },
    ),
    stat('Working now', 'Connections that run a statement at this moment.', units.Short, 4, [
      query('{{instance}}', database.of(`${STATUS}_threads_running`)),
    ]),
    stat(
      'Buffer pool',
      'Share of page reads answered from memory. Below 99 % for long: it is too small.',
      units.PercentUnit,
      4,
      [query('{{instance}}', `1 - ${MISSES} / ${READS}`)],
      { decimals: 2 },
    ),
  ],
};

const services: RowSpec = {
  title: 'As the services see it',
  height: 8,
  panels: [
    chart(
      'Duration by service (p95)',
      'Time of statements, without the wait for a connection.',
      units.Seconds,
      8,
      tail('{{service}}', ours.quantile(0.95, ['service'], DB)),
    ),
    chart(
      'Duration by table (p95)',
      'The same by table.',
      units.Seconds,
      8,
      tail('{{db_collection_name}}', ours.quantile(0.95, ['db_collection_name'], DB)),
    ),
    chart(
      'Time by table',
      'Seconds of the database per second, by table and statement: what to make faster first.',
      units.Seconds,
      8,
      [
        query(
          '{{db_collection_name}} {{db_operation_name}}',
          ours.ratePer(['db_collection_name', 'db_operation_name'], `${DB}_sum`),
        ),
      ],
      { stacked: true },
    ),
    chart('Statements', 'Statements per second, by service.', units.OpsPerSecond, 8, [
      query('{{service}}', ours.ratePer(['service'], `${DB}_count`)),
    ]),
    chart(
      'Errors',
      'Share of the statements that failed.',
      units.PercentUnit,
      8,
      [query('{{service}}', ours.share(['service'], `${DB}_count`, 'outcome="error"'))],
      { alerts: ['MysqlDown'] },
    ),
    chart('Transactions run again', 'Transactions repeated, by reason.', units.Short, 8, [
      query('{{service}} {{reason}}', ours.increasePer(['service', 'reason'], 'db_transaction_retries_total')),
    ]),
  ],
};

const server: RowSpec = {
  title: 'Server',
  height: 8,
  panels: [
    chart(
      'Connections',
      'Connections there are, that work, and that may be.',
      units.Short,
      8,
      [
        query('{{instance}} connected', database.of(`${STATUS}_threads_connected`)),
        query('{{instance}} running', database.of(`${STATUS}_threads_running`)),
        query('{{instance}} most', database.of(`${VARIABLES}_max_connections`)),
      ],
      { alerts: ['MysqlConnectionsNearLimit'] },
    ),
    chart('Commands', 'Statements per second, by command.', units.OpsPerSecond, 8, [
      query('{{command}}', `topk(10, ${database.ratePer(['command'], `${STATUS}_commands_total`)})`),
    ]),
    chart('Slow statements', 'Statements over long_query_time, per second.', units.OpsPerSecond, 8, [
      query('{{instance}}', database.rate(`${STATUS}_slow_queries`)),
    ]),
    chart(
      'Connections broken',
      'Attempts that failed, and connections that ended without a farewell.',
      units.OpsPerSecond,
      8,
      [
        query('{{instance}} attempts', database.rate(`${STATUS}_aborted_connects`)),
        query('{{instance}} connections', database.rate(`${STATUS}_aborted_clients`)),
      ],
    ),
    chart('Bytes', 'Bytes received from clients and sent to them.', units.BytesPerSecondIEC, 8, [
      query('{{instance}} received', database.rate(`${STATUS}_bytes_received`)),
      query('{{instance}} sent', database.rate(`${STATUS}_bytes_sent`)),
    ]),
    chart('Temporary tables', 'Temporary tables made per second; those on disk cost much.', units.OpsPerSecond, 8, [
      query('{{instance}} all', database.rate(`${STATUS}_created_tmp_tables`)),
      query('{{instance}} on disk', database.rate(`${STATUS}_created_tmp_disk_tables`)),
    ]),
  ],
};

const innodb: RowSpec = {
  title: 'InnoDB',
  height: 8,
  panels: [
    chart('Waits for row locks', 'Times a statement had to wait for a row another one holds.', units.OpsPerSecond, 8, [
      query('{{instance}}', database.rate(`${STATUS}_innodb_row_lock_waits`)),
    ]),
    chart('Time in row locks', 'Milliseconds waited for rows, per second.', units.Milliseconds, 8, [
      query('{{instance}}', database.rate(`${STATUS}_innodb_row_lock_time`)),
    ]),
    chart('Waits for the log', 'Times the log buffer was too small and a transaction waited.', units.OpsPerSecond, 8, [
      query('{{instance}}', database.rate(`${STATUS}_innodb_log_waits`)),
    ]),
    chart('Pages in memory', 'Bytes of the buffer pool with data, and of these not yet on disk.', units.BytesIEC, 8, [
      query('{{instance}} data', database.of(`${STATUS}_innodb_buffer_pool_bytes_data`)),
      query('{{instance}} dirty', database.of(`${STATUS}_innodb_buffer_pool_bytes_dirty`)),
    ]),
    chart('Disk', 'Bytes InnoDB reads and writes per second.', units.BytesPerSecondIEC, 8, [
      query('{{instance}} read', database.rate(`${STATUS}_innodb_data_read`)),
      query('{{instance}} written', database.rate(`${STATUS}_innodb_data_written`)),
      query('{{instance}} log', database.rate(`${STATUS}_innodb_os_log_written`)),
    ]),
    chart(
      'Syncs',
      'fsync calls per second: each commit needs one, unless commits are grouped.',
      units.OpsPerSecond,
      8,
      [query('{{instance}}', sum(PER_INSTANCE, database.rate(`${STATUS}_innodb_data_fsyncs`)))],
    ),
  ],
};

export const mysql: DashboardSpec = {
  uid: 'mirante-mysql',
  title: 'Mirante: MySQL',
  description: 'The database, as it sees itself and as the services see it. MySQL 8.4 and MariaDB 10.11 alike.',
  tags: ['mysql'],
  variables: [...serviceVariables('db_client_operation_duration_seconds_count'), DATABASE_VARIABLE],
  rows: [now, services, server, innodb],
};
