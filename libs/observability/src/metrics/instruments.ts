import { Counter as PromCounter, Gauge as PromGauge, type Metric } from 'prom-client';
import { currentContext, type TraceContext } from '../context/trace-context.js';
import { BucketHistogram } from './bucket-histogram.js';
import { declareOnce, type MetricDeclaration } from './declarations.js';
import { DEFAULT_MAX_LABEL_SETS, type Labels, LabelSets } from './label-sets.js';
import { metricsRegistry } from './registry.js';

/** Counts what happened. Never throws. */
export interface Counter<Name extends string = string> {
  inc(labels?: Labels<Name>, by?: number): void;
}

/** Shows how much there is now. Never throws. */
export interface Gauge<Name extends string = string> {
  set(labels: Labels<Name>, value: number): void;
  inc(labels?: Labels<Name>, by?: number): void;
  dec(labels?: Labels<Name>, by?: number): void;
  /** Ends the series, when the thing it tells of is gone. */
  remove(labels: Labels<Name>): void;
}

/** Sorts durations (seconds) or sizes (bytes) into buckets, each with the trace of its latest value. Never throws. */
export interface Histogram<Name extends string = string> {
  observe(labels: Labels<Name>, value: number): void;
  /** A handle that spares hot paths the search for the label set. `context` is the trace shown with the value. */
  with(labels: Labels<Name>): { observe(value: number, context?: TraceContext): void };
}

/** Counts label sets that did not fit; kept apart from the other instruments, because they need it. */
const overflows = new PromCounter({
  name: 'metrics_cardinality_overflow_total',
  help: 'Observations whose labels did not fit under the cap of label sets and went to __overflow__.',
  labelNames: ['metric'],
  registers: [metricsRegistry],
});

function labelSetsOf({ name, labelNames = [], maxLabelSets = DEFAULT_MAX_LABEL_SETS }: MetricDeclaration): LabelSets {
  return new LabelSets(labelNames, maxLabelSets, () => overflows.inc({ metric: name }));
}

function promConfig({ name, help, labelNames = [] }: MetricDeclaration) {
  return { name, help, labelNames, registers: [metricsRegistry] };
}

/** Declares a counter; its name ends in `_total`. The same declaration twice gives the same counter. */
export function counter<const Name extends string = never>(declaration: MetricDeclaration<Name>): Counter<Name> {
  return declareOnce('counter', declaration, () => {
    const sets = labelSetsOf(declaration);
    const prom = new PromCounter<string>(promConfig(declaration));
    return {
      inc(labels: Labels = {}, by = 1) {
        if (by >= 0 && by < Infinity) prom.inc(sets.of(labels), by);
      },
    };
  });
}

/** Declares a gauge. `collect` is called before each scrape, to set what is cheap to ask and changes all the time. */
export function gauge<const Name extends string = never>(
  declaration: MetricDeclaration<Name> & { collect?: (sut: Gauge<Name>) => void | Promise<void> },
): Gauge<Name> {
  return declareOnce('gauge', declaration, () => {
    const sets = labelSetsOf(declaration);
    const { collect } = declaration;
    const prom = new PromGauge<string>({
      ...promConfig(declaration),
      ...(collect && { collect: () => collect(self) }),
    });
    const self: Gauge = {
      set(labels, value) {
        if (Number.isFinite(value)) prom.set(sets.of(labels), value);
      },
      inc(labels = {}, by = 1) {
        if (Number.isFinite(by)) prom.inc(sets.of(labels), by);
      },
      dec(labels = {}, by = 1) {
        if (Number.isFinite(by)) prom.dec(sets.of(labels), by);
      },
      remove(labels) {
        prom.remove(sets.of(labels));
        sets.forget(labels);
      },
    };
    return self;
  });
}

/** Declares a histogram. `buckets` are upper bounds in the unit of the name, ascending, without +Inf. */
export function histogram<const Name extends string = never>(
  declaration: MetricDeclaration<Name> & { buckets: readonly number[] },
): Histogram<Name> {
  return declareOnce('histogram', declaration, () => {
    const sets = labelSetsOf(declaration);
    const { name, help, labelNames = [], buckets } = declaration;
    const own = new BucketHistogram(name, help, labelNames, [...buckets]);
    // The registry only hands out what it was given: a name, and something to ask for values.
    metricsRegistry.registerMetric(own as unknown as Metric);
    // A series without labels is there from the start, as everywhere in Prometheus.
    if (labelNames.length === 0) own.of(sets.of({}));
    return {
      observe: (labels: Labels, value: number) => own.of(sets.of(labels)).observe(value, currentContext()),
      with(labels: Labels) {
        const series = own.of(sets.of(labels));
        return { observe: (value: number, context = currentContext()) => series.observe(value, context) };
      },
    };
  });
}
