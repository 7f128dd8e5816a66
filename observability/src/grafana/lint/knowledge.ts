/** What can be queried, and what can be linked to. The rules compare dashboards with it. */
export interface Knowledge {
  /** By the name of the metric, histograms without suffix. */
  readonly metrics: ReadonlyMap<string, KnownMetric>;
  readonly alerts: ReadonlyMap<string, KnownAlert>;
  /** Names of the pages in docs/runbooks, without `.md`. */
  readonly runbooks: ReadonlySet<string>;
  /** Dashboards by uid with the names of their variables. */
  readonly dashboards: ReadonlyMap<string, readonly string[]>;
  readonly dataSources: ReadonlySet<string>;
  readonly units: ReadonlySet<string>;
}

export interface KnownMetric {
  readonly name: string;
  /** rule: written by Prometheus itself, by a recording rule or about alerts and scrapes. */
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary' | 'rule';
  /** All labels of its series, those of the scrape included. */
  readonly labels: readonly string[];
  /** Scrape jobs it comes from; none for a rule. */
  readonly jobs: readonly string[];
  /** Lib or service that declares it, where it is ours. */
  readonly owner?: string;
  /** Values of labels that can have no others. */
  readonly values?: Readonly<Record<string, readonly string[]>>;
  /** Some values of labels that can have others. */
  readonly examples?: Readonly<Record<string, readonly string[]>>;
  /** Whether it is observed where there is a trace to refer to. */
  readonly hasExemplars: boolean;
  /** Upper bounds of a histogram. */
  readonly bounds?: readonly number[];
}

export interface KnownAlert {
  readonly name: string;
  readonly dashboard: string;
}

const SUFFIX = /_(bucket|count|sum)$/;

export interface Known {
  readonly metric: KnownMetric;
  /** Of a histogram or summary; undefined for anything else. */
  readonly part?: 'bucket' | 'count' | 'sum';
}

/** The metric a series belongs to, or undefined when nobody shows it. */
export function lookUp({ metrics }: Pick<Knowledge, 'metrics'>, series: string): Known | undefined {
  const plain = metrics.get(series);
  if (plain) return plain.type === 'histogram' ? undefined : { metric: plain };
  const part = SUFFIX.exec(series)?.[1] as Known['part'];
  const metric = metrics.get(series.replace(SUFFIX, ''));
  if (!metric || !part) return undefined;
  if (metric.type === 'histogram' || (metric.type === 'summary' && part !== 'bucket')) return { metric, part };
  return undefined;
}

export function labelsOf(knowledge: Pick<Knowledge, 'metrics'>, series: string): readonly string[] | undefined {
  const known = lookUp(knowledge, series);
  if (!known) return undefined;
  return known.part === 'bucket' ? [...known.metric.labels, 'le'] : known.metric.labels;
}
