import { MetricDeclarationError } from './metric.error.js';

/** What a metric is called and what tells its series apart. */
export interface MetricDeclaration<Name extends string = string> {
  /** snake_case with the base unit as suffix; counters end in `_total`. */
  name: string;
  /** One sentence for whoever reads `/metrics`. */
  help: string;
  labelNames?: readonly Name[];
  /** Most label sets before the rest goes to `__overflow__`. Default 500. */
  maxLabelSets?: number;
}

type Kind = 'counter' | 'gauge' | 'histogram';

interface Declared {
  kind: Kind;
  labels: string;
  instrument: unknown;
}

const NAME = /^[a-z][a-z0-9_]*$/;
/** `job`, `instance` and `service` come from the scrape; `le` and `quantile` belong to Prometheus. */
const RESERVED_LABELS = new Set(['job', 'instance', 'service', 'le', 'quantile']);
const ABBREVIATED_UNIT =
  /_(ms|us|ns|secs?|millis|milliseconds|microseconds|kb|mb|gb|kib|mib|percent|minutes|hours)(_total)?$/;

const declared = new Map<string, Declared>();

/** Checks a declaration and makes its instrument, or gives the one that was made for the same declaration before. */
export function declareOnce<T>(kind: Kind, declaration: MetricDeclaration, make: () => T): T {
  const { name, labelNames = [] } = declaration;
  const labels = labelNames.join();
  const earlier = declared.get(name);
  if (earlier) {
    if (earlier.kind === kind && earlier.labels === labels) return earlier.instrument as T;
    throw new MetricDeclarationError(name, `is already a ${earlier.kind} with labels "${earlier.labels}"`);
  }
  check(kind, declaration);
  const instrument = make();
  declared.set(name, { kind, labels, instrument });
  return instrument;
}

function check(kind: Kind, { name, help, labelNames = [] }: MetricDeclaration): void {
  const fail = (reason: string): never => {
    throw new MetricDeclarationError(name, reason);
  };
  if (!NAME.test(name)) fail('a name is snake_case');
  if (help.trim() === '') fail('has no help text');
  if ((kind === 'counter') !== name.endsWith('_total')) fail('counters, and only they, end in _total');
  if (kind === 'histogram' && /_(count|sum|bucket)$/.test(name)) fail('ends like a series of a histogram');
  if (ABBREVIATED_UNIT.test(name)) fail('uses a unit that is not a base unit: seconds, bytes, ratio');
  for (const label of labelNames) {
    if (!NAME.test(label) || label.startsWith('__')) fail(`label ${label} is not snake_case`);
    if (RESERVED_LABELS.has(label)) fail(`label ${label} is reserved`);
  }
}
