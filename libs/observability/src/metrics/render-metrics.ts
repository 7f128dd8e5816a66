import { setImmediate as nextTurn } from 'node:timers/promises';
import { chooseExposition } from './accept.js';
import { type MetricFamily, printFamily } from './exposition.js';
import { counter } from './instruments.js';
import { metricsRegistry } from './registry.js';

const CONTENT_TYPES = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};
/** Longest time in milliseconds that printing may keep the event loop from other work. */
const SLICE_MS = 5;

const collectErrors = counter({
  name: 'metrics_collect_errors_total',
  help: 'Metrics that were left out of a scrape because reading their value failed.',
  labelNames: ['metric'],
});

interface Readable {
  name: string;
  get(): Promise<MetricFamily>;
  getForPromString?(): Promise<MetricFamily>;
}

/** Everything `/metrics` shows. Exemplars are part of the OpenMetrics form only. */
export interface RenderedMetrics {
  contentType: string;
  body: string;
}

/**
 * Prints all metrics of the process in the form the `Accept` header asks for. Lets other work run in between; a metric that
 * cannot be read is left out and counted.
 */
export async function renderMetrics(accept?: string): Promise<RenderedMetrics> {
  const exposition = chooseExposition(accept);
  let body = '';
  let sliceStart = performance.now();
  for (const metric of metricsRegistry.getMetricsAsArray() as unknown as Readable[]) {
    try {
      const family = await (metric.getForPromString ? metric.getForPromString() : metric.get());
      body += printFamily(family, exposition);
    } catch {
      collectErrors.inc({ metric: metric.name });
    }
    if (performance.now() - sliceStart > SLICE_MS) {
      await nextTurn();
      sliceStart = performance.now();
    }
  }
  if (exposition === 'openmetrics') body += '# EOF\n';
  return { contentType: CONTENT_TYPES[exposition], body };
}
