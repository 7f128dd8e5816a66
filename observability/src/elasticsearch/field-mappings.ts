import type { LogFieldSignal } from '../signals/log-fields.js';

export interface FieldMapping {
  type?: string;
  properties?: Record<string, FieldMapping>;
  [option: string]: unknown;
}

/** Longer values stay in the document, but are not found by their value: a term may have 32,766 bytes. */
const LONGEST_KEYWORD = 1_024;

const OPTIONS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  keyword: { ignore_above: LONGEST_KEYWORD },
  wildcard: { ignore_above: 8_192 },
};

/** Numbers, addresses and times that cannot be read must not cost the whole line. */
const MAY_BE_MALFORMED = new Set(['long', 'ip', 'date']);

function mappingOf({ name, type }: LogFieldSignal): FieldMapping {
  const lenient = MAY_BE_MALFORMED.has(type) && name !== '@timestamp' ? { ignore_malformed: true } : {};
  return { type, ...OPTIONS[type], ...lenient };
}

/** `a.b` and `a.c` as Elasticsearch nests them; sorted, so that the same fields give the same text. */
export function propertiesOf(fields: readonly LogFieldSignal[]): Record<string, FieldMapping> {
  const root: FieldMapping = {};
  for (const field of fields.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (field.name.endsWith('.*')) continue;
    const path = field.name.split('.');
    let parent = root;
    for (const part of path.slice(0, -1)) parent = (parent.properties ??= {})[part] ??= {};
    const leaf = path.at(-1)!;
    const known = (parent.properties ??= {})[leaf];
    if (known) throw new Error(`${field.name} is both a field and an object with fields`);
    parent.properties[leaf] = mappingOf(field);
  }
  return root.properties ?? {};
}

/** A template for each family such as `labels.*`: the only names that may appear without being listed. */
export function familiesOf(fields: readonly LogFieldSignal[]): Array<Record<string, unknown>> {
  return fields
    .filter(({ name }) => name.endsWith('.*'))
    .map((field) => ({
      [`${field.name.slice(0, -2).replaceAll('.', '_')}_as_${field.type}`]: {
        path_match: field.name,
        match_mapping_type: ['string', 'boolean', 'long', 'double'],
        mapping: mappingOf(field),
      },
    }));
}
