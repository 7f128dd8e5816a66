import { type LogFieldSignal, logFieldsSchema } from './log-fields.js';
import { metricsSchema, type MetricSignal } from './metrics.js';
import { readSignals } from './read-signals.js';

/** Everything the project tells about itself while it runs, and what is concluded from it. */
export interface Catalogue {
  readonly metrics: readonly MetricSignal[];
  readonly logFields: readonly LogFieldSignal[];
}

/** @param root folder of the repository */
export function readCatalogue(root: string): Catalogue {
  return {
    metrics: readSignals(root, 'metrics.yaml', metricsSchema).metrics,
    logFields: readSignals(root, 'log-fields.yaml', logFieldsSchema).fields,
  };
}
