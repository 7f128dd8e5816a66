import * as units from '@grafana/grafana-foundation-sdk/units';
import type { DashboardSpec, RowSpec } from '../model/dashboard-spec.js';
import { chart, query, table } from '../model/panels.js';
import { max, min, ours, sum } from '../model/promql.js';
import { serviceVariables } from '../model/variables.js';

const PROCESS = ['service', 'instance'];
const NAME = '{{service}} {{instance}}';

const loop: RowSpec = {
  title: 'Event loop',
  height: 8,
  panels: [
    chart(
      'Delay (p99)',
      'For so long a process answered nobody, once in a hundred times. Long computation belongs into slices or workers.',
      units.Seconds,
      8,
      [query(NAME, max(PROCESS, ours.of('nodejs_eventloop_lag_p99_seconds')))],
      { alerts: ['EventLoopSlow'], thresholds: [{ value: 0.5, colour: 'red' }] },
    ),
    chart(
      'Delay (median and longest)',
      'Median of the delay, and the longest since the last scrape.',
      units.Seconds,
      8,
      [
        query(`${NAME} p50`, max(PROCESS, ours.of('nodejs_eventloop_lag_p50_seconds'))),
        query(`${NAME} longest`, max(PROCESS, ours.of('nodejs_eventloop_lag_max_seconds'))),
      ],
      { alerts: ['EventLoopSlow'] },
    ),
    chart(
      'Kept alive by',
      'What keeps event loops alive: timers, sockets, files. Growth without load is a leak.',
      units.Short,
      8,
      [query('{{type}}', sum(['type'], ours.of('nodejs_active_resources')))],
    ),
  ],
};

const memory: RowSpec = {
  title: 'Memory',
  height: 8,
  panels: [
    chart(
      'Resident',
      'Memory of each process as the system counts it.',
      units.BytesIEC,
      8,
      [query(NAME, sum(PROCESS, ours.of('process_resident_memory_bytes')))],
      { alerts: ['HeapNearLimit'] },
    ),
    chart(
      'Heap',
      'Heap used, and taken from the system.',
      units.BytesIEC,
      8,
      [
        query(`${NAME} used`, sum(PROCESS, ours.of('nodejs_heap_size_used_bytes'))),
        query(`${NAME} taken`, sum(PROCESS, ours.of('nodejs_heap_size_total_bytes'))),
      ],
      { alerts: ['HeapNearLimit'] },
    ),
    chart(
      'Heap of what it may have',
      'Share of the heap a process may use at most. At 100 % it ends.',
      units.PercentUnit,
      8,
      [query(NAME, `${ours.of('nodejs_heap_size_used_bytes')} / ${ours.of('nodejs_heap_size_limit_bytes')}`)],
      { alerts: ['HeapNearLimit'], max: 1, thresholds: [{ value: 0.85, colour: 'red' }] },
    ),
    chart(
      'Heap by space',
      'Where heap goes; old space that only grows is a leak.',
      units.BytesIEC,
      8,
      [query('{{space}}', sum(['space'], ours.of('nodejs_heap_space_size_used_bytes')))],
      { stacked: true },
    ),
    chart('Outside the heap', 'Buffers and what native code holds.', units.BytesIEC, 8, [
      query(NAME, sum(PROCESS, ours.of('nodejs_external_memory_bytes'))),
    ]),
    chart('Time of garbage collection', 'Share of time spent collecting, by kind.', units.PercentUnit, 8, [
      query(`${NAME} {{kind}}`, ours.ratePer([...PROCESS, 'kind'], 'nodejs_gc_duration_seconds_sum')),
    ]),
    chart('Garbage collections', 'Collections per second, by kind.', units.OpsPerSecond, 8, [
      query('{{kind}}', ours.ratePer(['kind'], 'nodejs_gc_duration_seconds_count')),
    ]),
  ],
};

const system: RowSpec = {
  title: 'Processor and files',
  height: 8,
  panels: [
    chart('CPU', 'Cores used by each process.', units.Short, 6, [
      query(NAME, ours.ratePer(PROCESS, 'process_cpu_seconds_total')),
    ]),
    chart('CPU, by whom', 'Cores used by our code and by the system for it.', units.Short, 6, [
      query('{{service}} own', ours.ratePer(['service'], 'process_cpu_user_seconds_total')),
      query('{{service}} system', ours.ratePer(['service'], 'process_cpu_system_seconds_total')),
    ]),
    chart(
      'Open files',
      'Share of the file descriptors a process may have open: files, sockets, pipes.',
      units.PercentUnit,
      6,
      [query(NAME, `${ours.of('process_open_fds')} / ${ours.of('process_max_fds')}`)],
    ),
    chart(
      'Free disk',
      'Free space on the disk of the store of files, as services saw it when they last stored something.',
      units.BytesIEC,
      6,
      [query(NAME, min(PROCESS, ours.of('blob_free_bytes')))],
      { alerts: ['DiskSpaceLow'] },
    ),
  ],
};

const what: RowSpec = {
  title: 'What runs',
  height: 8,
  panels: [
    chart(
      'Runs for',
      'Time since each process was started. A saw: it crashes again and again.',
      units.DurationSeconds,
      8,
      [query(NAME, `time() - ${max(PROCESS, ours.of('process_start_time_seconds'))}`)],
      { alerts: ['TargetDown'] },
    ),
    table('Versions', 'What runs where.', units.NoUnit, 16, [
      query('', `max by (service, instance, version, revision, node_version) (${ours.of('build_info')})`),
    ]),
  ],
};

export const runtime: DashboardSpec = {
  uid: 'mirante-runtime',
  title: 'Mirante: runtime',
  description: 'Node.js of every process: event loop, garbage collection, memory, processor.',
  tags: ['runtime'],
  variables: serviceVariables(),
  rows: [loop, memory, system, what],
};
