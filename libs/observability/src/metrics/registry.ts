import { Registry } from 'prom-client';

/** Every metric of the process. Use {@link renderMetrics} to print it: prom-client's own printer renames counters. */
// prom-client takes exemplars only for a registry that is told it will be printed as OpenMetrics.
export const metricsRegistry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
