import { Counter as PromCounter, Gauge as PromGauge, Histogram as PromHistogram } from 'prom-client';
import { currentContext, type TraceContext } from '../context/trace-context.js';
import { declareOnce, type MetricDeclaration } from './declarations.js';
import { DEFAULT_MAX_LABEL_SETS, type Labels, LabelSets, type LabelSet } from './label-sets.js';
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
    const buckets = [...declaration.buckets];
    const prom = new PromHistogram<string>({ ...promConfig(declaration), buckets, enableExemplars: true });
    return {
      observe(labels: Labels, value: number) {
        observe(prom, sets.of(labels), value, currentContext());
      },
      with(labels: Labels) {
        const set = sets.of(labels);
        return { observe: (value: number, context = currentContext()) => observe(prom, set, value, context) };
      },
    };
  });
}

function observe(prom: PromHistogram<string>, labels: LabelSet, value: number, context?: TraceContext): void {
  if (!Number.isFinite(value)) return;
  prom.observe({ labels, value, ...(context && { exemplarLabels: exemplarOf(context) }) });
}

/** 65 characters; OpenMetrics allows 128, and prom-client throws above that, so ids of another length are left out. */
function exemplarOf({ traceId, spanId }: TraceContext): Record<string, string> {
  return traceId.length === 32 && spanId.length === 16 ? { trace_id: traceId, span_id: spanId } : {};
}
