import { Registry } from 'prom-client';

/** Every metric of the process. Use {@link renderMetrics} to print it: prom-client's own printer renames counters. */
export const metricsRegistry = new Registry();
