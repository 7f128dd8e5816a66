import { getHeapStatistics } from 'node:v8';
import { collectDefaultMetrics } from 'prom-client';
import { gauge } from './instruments.js';
import { metricsRegistry } from './registry.js';

/** Gauges of prom-client that end in `_total`, which Prometheus keeps for counters; their detailed forms stay. */
const MISNAMED = ['nodejs_active_resources_total', 'nodejs_active_handles_total', 'nodejs_active_requests_total'];
/** Internals of Node: they grow with the number of kinds of handles and tell an operator nothing. */
const UNUSED = ['nodejs_active_handles', 'nodejs_active_requests'];

const buildInfo = gauge({
  name: 'build_info',
  help: 'Always 1; the labels tell what runs.',
  labelNames: ['version', 'revision', 'node_version'],
});

const heapLimit = gauge({
  name: 'nodejs_heap_size_limit_bytes',
  help: 'Most the heap of V8 may grow to; beyond it the process ends.',
  labelNames: [],
});

let started = false;

/** Adds memory, CPU, file descriptors, event loop lag and garbage collection of the process, under their usual names. */
export function collectProcessMetrics(): void {
  if (started) return;
  started = true;
  heapLimit.set({}, getHeapStatistics().heap_size_limit);
  collectDefaultMetrics({ register: metricsRegistry });
  for (const name of [...MISNAMED, ...UNUSED]) metricsRegistry.removeSingleMetric(name);
}

/** Publishes what runs. `revision` is the commit the process was built from, if known. */
export function setBuildInfo(version: string, revision = 'unknown'): void {
  buildInfo.set({ version, revision, node_version: process.versions.node }, 1);
}
