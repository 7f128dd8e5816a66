import { Registry, type OpenMetricsContentType } from 'prom-client';

/** Every metric of the process. Use {@link renderMetrics} to print it: prom-client's own printer renames counters. */
export const metricsRegistry = new Registry<OpenMetricsContentType>();
// prom-client takes exemplars only for a registry that says it will be printed as OpenMetrics.
metricsRegistry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
