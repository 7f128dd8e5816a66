import type { MetricSignal } from '../../../observability/src/signals/metrics.js';
import type { ShownFamily, ShownSample } from './exposition.js';

/** Where a metric has as many series as it may have, the rest goes here. */
const OVERFLOW = '__overflow__';

/** What services show and the catalogue does not know, or knows otherwise. */
export function unknownToCatalogue(catalogue: readonly MetricSignal[], shown: readonly ShownFamily[]): string[] {
  const known = new Map(catalogue.map((signal) => [signal.name, signal]));
  return shown.flatMap((family) => {
    const signal = known.get(family.name);
    if (!signal) return [`${family.name} is not in the catalogue`];
    return [
      ...(family.type === signal.type ? [] : [`${family.name} is a ${family.type}, not a ${signal.type}`]),
      ...(family.help === signal.help ? [] : [`${family.name} says "${family.help}", not "${signal.help}"`]),
      ...new Set(family.samples.flatMap((sample) => problemsOf(sample, signal))),
    ];
  });
}

/** What the catalogue knows and no service shows, or without any series, though it is not said to be seldom. */
export function missingFromServices(catalogue: readonly MetricSignal[], shown: readonly ShownFamily[]): string[] {
  return catalogue.flatMap(({ name, seldom }) => {
    if (seldom !== undefined) return [];
    const families = shown.filter((family) => family.name === name);
    if (families.length === 0) return [`${name} is shown by no service`];
    return families.every(({ samples }) => samples.length === 0) ? [`${name} has no series`] : [];
  });
}

function problemsOf({ labels }: ShownSample, { name, type, labels: allowed, values = {} }: MetricSignal): string[] {
  const ofType = { histogram: ['le'], summary: ['quantile'], counter: [], gauge: [] }[type];
  return Object.entries(labels).flatMap(([label, value]) => {
    if (![...allowed, ...ofType].includes(label)) return [`${name} has no label ${label}`];
    if (value === '' || value === OVERFLOW || !values[label] || values[label].includes(value)) return [];
    return [`no ${label} of ${name} may be "${value}"`];
  });
}
