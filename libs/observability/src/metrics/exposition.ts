import type { Exposition } from './accept.js';

/** One series of a metric, as prom-client hands it over. */
export interface Sample {
  metricName?: string;
  labels: Record<string, string | number>;
  sharedLabels?: Record<string, string | number>;
  value: number;
  exemplar?: { labelSet: Record<string, string>; value: number; timestamp: number } | null;
}

/** A metric with its series, as prom-client hands it over. */
export interface MetricFamily {
  name: string;
  help: string;
  type: string;
  values: Sample[];
}

/**
 * Prints one metric. Written here and not left to prom-client 15.1.3, because that one renames counters for good once it
 * has printed OpenMetrics, and prints bounds as `le="1"`, which Prometheus 3 reads as `le="1.0"` and Prometheus 2 does not:
 * we print `1.0` in both forms, so that a rule means the same in both versions.
 */
export function printFamily(family: MetricFamily, exposition: Exposition): string {
  const { type } = family;
  const openMetrics = exposition === 'openmetrics';
  const familyName = openMetrics && type === 'counter' ? family.name.replace(/_total$/, '') : family.name;
  const lines = [`# HELP ${familyName} ${escapeHelp(family.help, openMetrics)}`, `# TYPE ${familyName} ${type}`];
  for (const sample of family.values) {
    const name = type === 'counter' && openMetrics ? `${familyName}_total` : (sample.metricName ?? family.name);
    let line = `${name}${printLabels(sample)} ${printValue(sample.value)}`;
    if (openMetrics && sample.exemplar) line += printExemplar(sample.exemplar);
    lines.push(line);
  }
  return `${lines.join('\n')}\n`;
}

function printLabels({ labels, sharedLabels }: Sample): string {
  const parts: string[] = [];
  for (const name in labels) {
    const value = labels[name]!;
    parts.push(`${name}="${name === 'le' || name === 'quantile' ? printBound(value) : escapeLabel(String(value))}"`);
  }
  for (const name in sharedLabels) parts.push(`${name}="${escapeLabel(String(sharedLabels[name]))}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function printExemplar({ labelSet, value, timestamp }: NonNullable<Sample['exemplar']>): string {
  const labels = Object.entries(labelSet).map(([name, text]) => `${name}="${escapeLabel(text)}"`);
  return ` # {${labels.join(',')}} ${printValue(value)} ${timestamp}`;
}

function printValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}

/** The canonical form of a bound: `1.0`, `0.25`, `1e+06` (OpenMetrics 1.0.0, section 4.1.1.1). */
function printBound(bound: string | number): string {
  const value = Number(bound);
  if (!Number.isFinite(value)) return '+Inf';
  if (Math.abs(value) >= 1e6) return value.toExponential().replace(/e\+(\d)$/, 'e+0$1');
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function escapeLabel(text: string): string {
  return /[\\"\n]/.test(text) ? text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n') : text;
}

function escapeHelp(text: string, openMetrics: boolean): string {
  const escaped = text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
  return openMetrics ? escaped.replace(/"/g, '\\"') : escaped;
}
