import { type AlertSignal, alertsSchema } from './alerts.js';
import { foreignMetricsOf, foreignMetricsSchema, type ForeignMetric } from './foreign-metrics.js';
import { type LogFieldSignal, logFieldsSchema } from './log-fields.js';
import { metricsSchema, type MetricSignal } from './metrics.js';
import { readSignals } from './read-signals.js';
import { type RecordingRules, recordingRulesSchema } from './recording-rules.js';
import { type SloSignal, slosSchema } from './slos.js';

/** Everything the project tells about itself while it runs, and what is concluded from it. */
export interface Catalogue {
  readonly metrics: readonly MetricSignal[];
  readonly foreignMetrics: readonly ForeignMetric[];
  readonly logFields: readonly LogFieldSignal[];
  readonly alerts: readonly AlertSignal[];
  readonly slos: readonly SloSignal[];
  readonly recordingRules: RecordingRules;
}

/** @param root folder of the repository */
export function readCatalogue(root: string): Catalogue {
  return {
    metrics: readSignals(root, 'metrics.yaml', metricsSchema).metrics,
    foreignMetrics: foreignMetricsOf(readSignals(root, 'foreign-metrics.yaml', foreignMetricsSchema)),
    logFields: readSignals(root, 'log-fields.yaml', logFieldsSchema).fields,
    alerts: readSignals(root, 'alerts.yaml', alertsSchema).alerts,
    slos: readSignals(root, 'slos.yaml', slosSchema).slos,
    recordingRules: readSignals(root, 'recording-rules.yaml', recordingRulesSchema),
  };
}
