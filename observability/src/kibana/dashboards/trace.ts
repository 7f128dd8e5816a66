import { LOG_VIEW } from '../data-views.js';
import { DURATION_MS, lines } from '../esql.js';
import type { Dashboard } from '../model.js';
import { WATERFALL } from '../waterfall.js';

export const traceDashboard: Dashboard = {
  id: 'mirante-trace',
  title: 'Mirante: one trace',
  description:
    'Everything that happened in one request, over all services. Filter by one trace.id: the panels show one at a time.',
  from: 'now-24h',
  controls: [{ field: 'trace.id', title: 'Trace', dataView: LOG_VIEW }],
  panels: [
    {
      kind: 'text',
      id: 'how',
      title: 'How to use it',
      description: 'How one gets here.',
      grid: { x: 0, y: 0, w: 48, h: 5 },
      markdown:
        'Choose a **Trace** above, or come from a link: an exemplar in Grafana, an error on `/ops`, the `traceresponse` header of an answer. ' +
        'Bars begin where a step began and are as long as it took; steps without a duration are in the table below.',
    },
    {
      kind: 'metric',
      id: 'span',
      title: 'From first to last line',
      description: 'How long the whole took, background work included.',
      grid: { x: 0, y: 5, w: 16, h: 6 },
      query: lines(
        'WHERE trace.id IS NOT NULL',
        'STATS first = MIN(@timestamp), last = MAX(@timestamp)',
        'EVAL took_ms = TO_LONG(last) - TO_LONG(first)',
      ),
      value: { name: 'took_ms', label: 'took', format: 'ms' },
    },
    {
      kind: 'metric',
      id: 'services',
      title: 'Services',
      description: 'How many services took part.',
      grid: { x: 16, y: 5, w: 16, h: 6 },
      query: lines('WHERE trace.id IS NOT NULL', 'STATS services = COUNT_DISTINCT(service.name)'),
      value: { name: 'services', label: 'services' },
    },
    {
      kind: 'metric',
      id: 'failures',
      title: 'Failures',
      description: 'Steps that ended with a failure.',
      grid: { x: 32, y: 5, w: 16, h: 6 },
      query: lines('WHERE trace.id IS NOT NULL AND event.outcome == "failure"', 'STATS failures = COUNT(*)'),
      value: { name: 'failures', label: 'failures' },
    },
    {
      kind: 'chart',
      id: 'waterfall',
      title: 'Waterfall',
      description:
        'Steps in the order in which they began. The first colour is the time before a step, the second the step itself.',
      grid: { x: 0, y: 11, w: 48, h: 20 },
      only: 'api',
      query: lines(
        'WHERE trace.id IS NOT NULL AND event.duration IS NOT NULL',
        DURATION_MS,
        'EVAL began = TO_LONG(@timestamp) - duration_ms',
        'INLINE STATS first = MIN(began) BY trace.id',
        'EVAL before_ms = began - first, step = CONCAT(service.name, " ", COALESCE(event.action, log.logger), " ", span.id)',
        'STATS before_ms = MIN(before_ms), duration_ms = MAX(duration_ms) BY step',
        'SORT before_ms',
        'LIMIT 60',
      ),
      shape: 'bar_horizontal_stacked',
      x: { name: 'step' },
      overTime: false,
      y: [
        { name: 'before_ms', label: 'before it began', format: 'ms' },
        { name: 'duration_ms', label: 'took', format: 'ms' },
      ],
    },
    {
      kind: 'visualization',
      id: 'waterfall-vega',
      title: 'Waterfall',
      description: 'Steps in the order in which they began, each as long as it took.',
      grid: { x: 0, y: 11, w: 48, h: 20 },
      only: 'ndjson',
      visualization: WATERFALL.id,
    },
    {
      kind: 'search',
      id: 'lines',
      title: 'Its lines',
      description: 'Every line of the trace.',
      grid: { x: 0, y: 31, w: 48, h: 22 },
      search: 'mirante-trace-lines',
    },
  ],
};
