/** Series of the services the dashboard is set to. */
export const SERVICES = 'job="mirante", service=~"$service", instance=~"$instance"';
/** The plain endpoint of the broker: sums over all queues. */
export const BROKER = 'job="rabbitmq", instance=~"$broker"';
/** The endpoint of the broker that keeps queues apart. */
export const QUEUES = 'job="rabbitmq-queues", instance=~"$broker"';
export const DATABASE = 'job="mysql", instance=~"$database"';
const PROMETHEUS = 'job="prometheus", instance=~"$prometheus"';
const ALERTMANAGER = 'job="alertmanager", instance=~"$alertmanager"';

/** A list of label names as PromQL writes it; empty = sum over everything. */
type Labels = readonly string[];

/** Writes queries about the series of one place, so that no panel can forget to say which. */
export class Series {
  constructor(private readonly place: string) {}

  of(metric: string, ...matchers: readonly string[]): string {
    return `${metric}{${[this.place, ...matchers].join(', ')}}`;
  }

  /** Increase per second, each series for itself. */
  rate(metric: string, ...matchers: readonly string[]): string {
    return `rate(${this.of(metric, ...matchers)}[$__rate_interval])`;
  }

  ratePer(labels: Labels, metric: string, ...matchers: readonly string[]): string {
    return sum(labels, this.rate(metric, ...matchers));
  }

  /** How often it happened within the width of one point of the chart. For what happens rarely. */
  increasePer(labels: Labels, metric: string, ...matchers: readonly string[]): string {
    return sum(labels, this.growth(this.of(metric, ...matchers), '$__rate_interval'));
  }

  /** How often it happened in the time shown. */
  total(metric: string, ...matchers: readonly string[]): string {
    return sum([], this.growth(this.of(metric, ...matchers), '$__range'));
  }

  protected growth(counter: string, range: string): string {
    return `increase(${counter}[${range}])`;
  }

  /** Value below which the share `q` of what a histogram has seen lies. */
  quantile(q: number, labels: Labels, histogram: string, ...matchers: readonly string[]): string {
    return `histogram_quantile(${q}, ${this.ratePer(['le', ...labels], `${histogram}_bucket`, ...matchers)})`;
  }

  /** Mean of what a histogram has seen. */
  mean(labels: Labels, histogram: string, ...matchers: readonly string[]): string {
    return `${this.ratePer(labels, `${histogram}_sum`, ...matchers)} / ${this.ratePer(labels, `${histogram}_count`, ...matchers)}`;
  }

  /** Share of what matches. 0, not nothing, where none of it does. */
  share(labels: Labels, counter: string, matchers: string): string {
    const all = this.increasePer(labels, counter);
    return `(${this.increasePer(labels, counter, matchers)} or 0 * ${all}) / ${all}`;
  }
}

export function sum(labels: Labels, expr: string): string {
  return labels.length === 0 ? `sum(${expr})` : `sum by (${labels.join(', ')}) (${expr})`;
}

/** For gauges every process of a service shows alike. */
export function max(labels: Labels, expr: string): string {
  return labels.length === 0 ? `max(${expr})` : `max by (${labels.join(', ')}) (${expr})`;
}

export function min(labels: Labels, expr: string): string {
  return labels.length === 0 ? `min(${expr})` : `min by (${labels.join(', ')}) (${expr})`;
}

/**
 * Our counters show when their labels first occur. increase() has nothing to compare that with and says 0, so that the one
 * message that was ever parked would never be seen: what is new counts whole, unless Prometheus was not watching.
 */
class OurSeries extends Series {
  protected override growth(counter: string, range: string): string {
    const isNew = `(${counter} unless (${counter} offset ${range})) and on (job, instance) instance:up:watched5m`;
    return `(${isNew}) or ${super.growth(counter, range)}`;
  }
}

export const ours = new OurSeries(SERVICES);
export const broker = new Series(BROKER);
export const queues = new Series(QUEUES);
export const database = new Series(DATABASE);
export const prometheus = new Series(PROMETHEUS);
export const alertmanager = new Series(ALERTMANAGER);
