import { METRICS } from '../elasticsearch/streams.data.js';

/**
 * The one object of a legacy type. Timelion cannot be created in Kibana any more, but an imported object is drawn until 10.0.
 * The index is named, because without one Timelion searches in everything.
 */
export const TIMELION = {
  id: 'mirante-timelion-outbox',
  title: '[Legacy] Mirante: age of the oldest event that waits (Timelion)',
  expression:
    `.es(index=${METRICS.pattern}, timefield=@timestamp, metric=max:metrics.outbox_oldest_pending_age_seconds, ` +
    `split=labels.service:10).label("$1", "^.* > labels.service:(.*) > .*").yaxis(label="seconds")`,
} as const;
