import { LOG_VIEW } from './data-views.js';
import type { SavedSearch } from './model.js';

const COMMON = ['log.level', 'service.name', 'message'];

export const SAVED_SEARCHES: readonly SavedSearch[] = [
  {
    id: 'mirante-lines',
    title: 'Mirante: all lines',
    description: 'Every line, newest first.',
    dataView: LOG_VIEW,
    kql: '',
    columns: COMMON,
  },
  {
    id: 'mirante-problems',
    title: 'Mirante: warnings and errors',
    description: 'What somebody should look at. The trace id leads to everything else that happened in that request.',
    dataView: LOG_VIEW,
    kql: 'log.level : ("warn" or "error")',
    columns: [...COMMON, 'error.code', 'error.message', 'trace.id'],
  },
  {
    id: 'mirante-slow-requests',
    title: 'Mirante: slow requests',
    description: 'Requests that took longer than a second.',
    dataView: LOG_VIEW,
    kql: 'event.action : "http-request" and event.duration >= 1000000000',
    columns: [
      'service.name',
      'http.request.method',
      'url.path',
      'http.response.status_code',
      'event.duration',
      'trace.id',
    ],
  },
  {
    id: 'mirante-trace-lines',
    title: 'Mirante: lines of a trace',
    description: 'Every line that belongs to a request; filter by one trace.id.',
    dataView: LOG_VIEW,
    kql: 'trace.id : *',
    columns: [...COMMON, 'event.action', 'event.duration', 'span.id', 'parent.id'],
  },
  {
    id: 'mirante-refusals',
    title: 'Mirante: refusals',
    description: 'Callers that were turned away, and why.',
    dataView: LOG_VIEW,
    kql: 'event.action : ("access-refused" or "http-refusal")',
    columns: ['event.reason', 'labels.code', 'labels.key_id', 'client.ip', 'message', 'trace.id'],
  },
  {
    id: 'mirante-work',
    title: 'Mirante: captures, imports and jobs',
    description: 'The life of everything that works in the background.',
    dataView: LOG_VIEW,
    kql: 'event.action : (capture-* or import-* or stream-* or upstream-* or rollup-* or job-* or messaging.park)',
    columns: ['service.name', 'event.action', 'event.outcome', 'message', 'error.code', 'trace.id'],
  },
];
