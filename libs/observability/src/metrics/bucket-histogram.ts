import type { TraceContext } from '../context/trace-context.js';
import type { MetricFamily, Sample } from './exposition.js';
import type { LabelSet } from './label-sets.js';

const TRACE_ID_LENGTH = 32;
const SPAN_ID_LENGTH = 16;

/** Values of one label set. */
export class HistogramSeries {
  readonly #bounds: readonly number[];
  /** By bucket; the last one is +Inf. Not added up yet. */
  readonly #counts: number[];
  readonly #exemplars: (Sample['exemplar'] | undefined)[];
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
    this.#exemplars = this.#counts.map(() => undefined);
  }

  /** Never throws; a value that is no finite number is left out. */
  observe(value: number, context: TraceContext | undefined): void {
    if (!Number.isFinite(value)) return;
    let bucket = 0;
    while (bucket < this.#bounds.length && value > this.#bounds[bucket]!) bucket++;
    this.#counts[bucket]!++;
    this.#sum += value;
    if (context) this.#remember(bucket, value, context);
  }

  /** 65 characters of labels; OpenMetrics allows 128, so ids of another length are left out. */
  #remember(bucket: number, value: number, { traceId, spanId }: TraceContext): void {
    if (traceId.length !== TRACE_ID_LENGTH || spanId.length !== SPAN_ID_LENGTH) return;
    const timestamp = Date.now() / 1_000;
    this.#exemplars[bucket] = { labelSet: { trace_id: traceId, span_id: spanId }, value, timestamp };
  }

  reset(): void {
    this.#counts.fill(0);
    this.#exemplars.fill(undefined);
    this.#sum = 0;
  }

  samples(name: string, sharedLabels: LabelSet): Sample[] {
    let count = 0;
    const buckets = this.#counts.map((inBucket, index): Sample => {
      count += inBucket;
      const labels = { le: this.#bounds[index] ?? '+Inf' };
      const exemplar = this.#exemplars[index] ?? null;
      return { metricName: `${name}_bucket`, labels, sharedLabels, value: count, exemplar };
    });
    const of = (suffix: string, value: number) => ({
      metricName: `${name}_${suffix}`,
      labels: {},
      sharedLabels,
      value,
    });
    return [...buckets, of('sum', this.#sum), of('count', count)];
  }
}

/**
 * A histogram for prom-client's registry. prom-client's own looks for the label set by its text, three times for a value with an
 * exemplar; here whoever keeps the series of a label set finds nothing more to look for.
 */
export class BucketHistogram {
  readonly type = 'histogram';
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly upperBounds: readonly number[];
  readonly #series = new Map<LabelSet, HistogramSeries>();

  constructor(name: string, help: string, labelNames: readonly string[], upperBounds: readonly number[]) {
    this.name = name;
    this.help = help;
    this.labelNames = labelNames;
    this.upperBounds = upperBounds;
  }

  /** @param labels the same object for equal labels */
  of(labels: LabelSet): HistogramSeries {
    let series = this.#series.get(labels);
    if (!series) {
      series = new HistogramSeries(this.upperBounds);
      this.#series.set(labels, series);
    }
    return series;
  }

  /** What is printed: the labels that all samples of a series share are named apart, to be put into text once. */
  getForPromString(): Promise<MetricFamily> {
    const { name, help, type } = this;
    const values = [...this.#series].flatMap(([labels, series]) => series.samples(name, labels));
    return Promise.resolve({ name, help, type, values });
  }

  /** The same with all labels in one place. */
  async get(): Promise<MetricFamily> {
    const family = await this.getForPromString();
    const values = family.values.map(({ sharedLabels, labels, ...sample }) => ({ ...sample, labels: { ...labels, ...sharedLabels } })); // prettier-ignore
    return { ...family, values };
  }

  /** Part of what a registry expects of a metric. */
  reset(): void {
    for (const series of this.#series.values()) series.reset();
  }
}
