import type { KnownMetric } from '../../src/grafana/lint/knowledge.js';
import { boundText } from '../../src/prometheus/slo-rules.js';

/** Added by the scrape; no program shows them itself. */
const BY_SCRAPE = new Set(['job', 'instance', 'service']);
/** Values of a label of which the catalogue gives none. */
const ANY = ['one', 'other'];
const MOST_SERIES = 64;

/**
 * What a program would show that does everything the catalogue knows of: names, labels, values and buckets are the
 * catalogue's, never a panel's. Every counter grows and every bucket is hit between two scrapes.
 *
 * @param seconds since it was started
 */
export function syntheticExposition(metrics: readonly KnownMetric[], seconds: number): string {
  return `${metrics.flatMap((metric) => family(metric, seconds)).join('\n')}\n# EOF\n`;
}

function family(metric: KnownMetric, seconds: number): string[] {
  const { name, type } = metric;
  const sets = labelSets(metric);
  switch (type) {
    case 'counter':
      return [`# TYPE ${name.replace(/_total$/, '')} ${name.endsWith('_total') ? 'counter' : 'unknown'}`].concat(
        sets.map((labels, index) => `${name}${braces(labels)} ${(seconds + 1) * (index + 1)}`),
      );
    case 'histogram':
      return [`# TYPE ${name} histogram`, ...sets.flatMap((labels) => histogram(metric, labels, seconds))];
    case 'summary':
      return [`# TYPE ${name} summary`].concat(
        sets.flatMap((labels) => [
          `${name}_count${braces(labels)} ${seconds + 1}`,
          `${name}_sum${braces(labels)} ${seconds + 1}`,
        ]),
      );
    case 'gauge':
      return [`# TYPE ${name} gauge`, ...sets.map((labels) => `${name}${braces(labels)} ${gaugeOf(name, seconds)}`)];
    case 'rule':
      return [];
  }
}

function histogram({ name, bounds = [], hasExemplars }: KnownMetric, labels: Labels, seconds: number): string[] {
  const perBucket = seconds + 1;
  const limits = [...bounds, Number.POSITIVE_INFINITY];
  const buckets = limits.map((bound, index) => {
    const le = Number.isFinite(bound) ? boundText(bound) : '+Inf';
    const inside = Number.isFinite(bound) ? bound : (bounds.at(-1) ?? 0) + 1;
    const exemplar = hasExemplars ? ` # {trace_id="${hex(32, index)}",span_id="${hex(16, index)}"} ${inside}` : '';
    return `${name}_bucket${braces([...labels, ['le', le]])} ${perBucket * (index + 1)}${exemplar}`;
  });
  const count = perBucket * limits.length;
  const sum = perBucket * bounds.reduce((all, bound) => all + bound, 1);
  return [...buckets, `${name}_sum${braces(labels)} ${sum}`, `${name}_count${braces(labels)} ${count}`];
}

/** Rules ask how long a process has run. */
function gaugeOf(name: string, seconds: number): number {
  return name === 'process_start_time_seconds' ? Math.floor(Date.now() / 1_000) - seconds : 1;
}

type Labels = readonly (readonly [string, string])[];

/** Every combination of what labels can be, as far as that is few. */
function labelSets({ labels, values = {}, examples = {} }: KnownMetric): Labels[] {
  let sets: Labels[] = [[]];
  for (const label of labels.filter((name) => !BY_SCRAPE.has(name))) {
    const all = values[label] ?? examples[label] ?? ANY;
    const some = sets.length * all.length <= MOST_SERIES ? all : all.slice(0, 1);
    sets = sets.flatMap((set) => some.map((value) => [...set, [label, value] as const]));
  }
  return sets;
}

function braces(labels: Labels): string {
  return labels.length === 0 ? '' : `{${labels.map(([name, value]) => `${name}="${value}"`).join(',')}}`;
}

function hex(digits: number, index: number): string {
  return (index + 1).toString(16).padStart(digits, 'a');
}
