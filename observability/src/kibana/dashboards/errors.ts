import { LOG_VIEW } from '../data-views.js';
import { DURATION_MS, lines, REQUESTS, TIME } from '../esql.js';
import type { Dashboard } from '../model.js';
import { countOverTime, kindsOfLines, OVER_TIME } from '../panels.js';

export const errorsDashboard: Dashboard = {
  id: 'mirante-errors',
  title: 'Mirante: errors and slow requests',
  description: 'What fails and what is slow, and the trace of each.',
  from: 'now-3h',
  controls: [
    { field: 'service.name', title: 'Service', dataView: LOG_VIEW },
    { field: 'error.code', title: 'Error code', dataView: LOG_VIEW },
    { field: 'labels.http_route', title: 'Route', dataView: LOG_VIEW },
  ],
  panels: [
    countOverTime({
      id: 'errors-by-code',
      title: 'Errors by code',
      description: 'The code says what to do: the list of codes is in the API guide.',
      grid: { x: 0, y: 0, w: 24, h: 14 },
      commands: ['WHERE log.level == "error"'],
      count: 'errors',
      by: 'error.code',
    }),
    countOverTime({
      id: 'answers',
      title: 'Answers by status',
      description: 'Requests by the first digit of their status; 5 is ours, 4 is the caller.',
      grid: { x: 24, y: 0, w: 24, h: 14 },
      commands: [
        REQUESTS,
        'EVAL status = CONCAT(TO_STRING(TO_INTEGER(FLOOR(http.response.status_code / 100.0))), "xx")',
      ],
      count: 'requests',
      by: 'status',
    }),
    {
      kind: 'chart',
      id: 'latency',
      title: 'Time of requests',
      description: 'Percentiles over all routes, from the access lines.',
      grid: { x: 0, y: 14, w: 24, h: 14 },
      query: lines(
        REQUESTS,
        DURATION_MS,
        `STATS p50 = PERCENTILE(duration_ms, 50), p95 = PERCENTILE(duration_ms, 95), p99 = PERCENTILE(duration_ms, 99) BY ${TIME}`,
      ),
      shape: 'line',
      ...OVER_TIME,
      y: [
        { name: 'p50', format: 'ms' },
        { name: 'p95', format: 'ms' },
        { name: 'p99', format: 'ms' },
      ],
    },
    {
      kind: 'table',
      id: 'slow-routes',
      title: 'Slowest routes',
      description: 'Routes by their 95th percentile.',
      grid: { x: 24, y: 14, w: 24, h: 14 },
      query: lines(
        REQUESTS,
        DURATION_MS,
        'STATS requests = COUNT(*), p95 = PERCENTILE(duration_ms, 95), slowest = MAX(duration_ms) BY labels.http_route',
        'SORT p95 DESC',
        'LIMIT 20',
      ),
      rows: [{ name: 'labels.http_route', label: 'route' }],
      values: [{ name: 'requests' }, { name: 'p95', format: 'ms' }, { name: 'slowest', format: 'ms' }],
    },
    kindsOfLines({
      id: 'kinds',
      title: 'Kinds of errors',
      description: 'Class and code by how often, with the newest time and one trace to look at.',
      grid: { x: 0, y: 28, w: 48, h: 14 },
      where: 'WHERE error.type IS NOT NULL',
      rows: [
        { name: 'service.name', label: 'service' },
        { name: 'error.type', label: 'class' },
        { name: 'error.code', label: 'code' },
      ],
    }),
    {
      kind: 'search',
      id: 'problems',
      title: 'Warnings and errors',
      description: 'Each line; its trace id filters the dashboard of one trace.',
      grid: { x: 0, y: 42, w: 48, h: 16 },
      search: 'mirante-problems',
    },
    {
      kind: 'search',
      id: 'slow',
      title: 'Slow requests',
      description: 'Requests of more than a second.',
      grid: { x: 0, y: 58, w: 48, h: 14 },
      search: 'mirante-slow-requests',
    },
  ],
};
