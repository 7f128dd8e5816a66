import { LOGS, METRICS, POSTS } from '../elasticsearch/streams.data.js';
import type { DataView } from './model.js';

export const LOG_VIEW = 'mirante-logs';
export const METRIC_VIEW = 'mirante-prometheus';

export const DATA_VIEWS: readonly DataView[] = [
  { id: LOG_VIEW, name: 'Mirante logs', pattern: LOGS.pattern, timeField: '@timestamp' },
  { id: METRIC_VIEW, name: 'Mirante metrics (Prometheus)', pattern: METRICS.pattern, timeField: '@timestamp' },
  { id: 'mirante-posts', name: 'Mirante posts', pattern: POSTS.pattern, timeField: 'posted_at' },
];
