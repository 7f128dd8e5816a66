import { isIP } from 'node:net';
import { Refusal, type Json } from './contract.js';
import { isObject, matchesPattern } from './values.js';

const READABLE: Readonly<Record<string, (value: unknown) => boolean>> = {
  long: (value) => Number.isSafeInteger(typeof value === 'string' ? Number(value) : value) && value !== '',
  date: (value) => typeof value === 'number' || (typeof value === 'string' && !Number.isNaN(Date.parse(value))),
  ip: (value) => typeof value === 'string' && isIP(value) !== 0,
  boolean: (value) => typeof value === 'boolean' || value === 'true' || value === 'false' || value === '',
};

interface Mapping {
  type?: string;
  dynamic?: boolean | string;
  properties?: Record<string, Mapping>;
  ignore_malformed?: boolean;
  value?: string;
}

export interface IndexMapping extends Mapping {
  dynamic_templates?: Array<Record<string, { path_match?: string; match?: string; mapping: Mapping }>>;
}

export interface FieldLimit {
  limit: number;
  ignoreBeyond: boolean;
}

/**
 * Checks a document against the mapping of its index, which grows by what is dynamic.
 *
 * @throws Refusal as Elasticsearch would: a value that does not fit its field, an object where a value is mapped and the other
 * way round, a new field where the mapping is strict
 */
export function index(mapping: IndexMapping, source: Json, limit: FieldLimit): void {
  object(mapping, mapping, source, '', limit, mapping.dynamic ?? true);
}

function object(
  root: IndexMapping,
  mapping: Mapping,
  source: Json,
  prefix: string,
  limit: FieldLimit,
  inherited: boolean | string,
): void {
  const dynamic = mapping.dynamic ?? inherited;
  for (const [key, value] of Object.entries(source)) {
    if (value === null || value === undefined) continue;
    const path = `${prefix}${key}`;
    let known = mapping.properties?.[key];
    if (!known) {
      if (String(dynamic) === 'strict') {
        throw new Refusal(
          400,
          'strict_dynamic_mapping_exception',
          `mapping set to strict, dynamic introduction of [${key}] within [${prefix.slice(0, -1) || '_doc'}] is not allowed`,
        );
      }
      if (String(dynamic) === 'false') continue;
      if (countFields(root) >= limit.limit) {
        if (limit.ignoreBeyond) continue;
        throw new Refusal(
          400,
          'illegal_argument_exception',
          `Limit of total fields [${limit.limit}] has been exceeded`,
        );
      }
      known = guess(root, path, value);
      (mapping.properties ??= {})[key] = known;
    }
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) {
      check(root, known, each, path, limit, dynamic);
    }
  }
}

function check(
  root: IndexMapping,
  mapping: Mapping,
  value: unknown,
  path: string,
  limit: FieldLimit,
  dynamic: boolean | string,
): void {
  if (value === null) return;
  const takesObjects = mapping.properties !== undefined || mapping.type === 'object' || mapping.type === undefined;
  if (isObject(value)) {
    if (!takesObjects) throw unparsable(mapping, path, 'it is an object');
    object(root, mapping, value, `${path}.`, limit, dynamic);
    return;
  }
  if (takesObjects) {
    throw new Refusal(400, 'document_parsing_exception', `object mapping for [${path}] tried to parse field as object, but found a concrete value`); // prettier-ignore
  }
  const readable = READABLE[mapping.type!]?.(value) ?? true;
  if (!readable && !mapping.ignore_malformed) throw unparsable(mapping, path, JSON.stringify(value));
  if (mapping.type === 'constant_keyword') {
    if (mapping.value !== undefined && mapping.value !== value) throw unparsable(mapping, path, JSON.stringify(value));
    mapping.value = String(value);
  }
}

function unparsable(mapping: Mapping, path: string, preview: string): Refusal {
  return new Refusal(
    400,
    'document_parsing_exception',
    `failed to parse field [${path}] of type [${mapping.type}]; preview of the value: ${preview}`,
  );
}

function guess(root: IndexMapping, path: string, value: unknown): Mapping {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  for (const template of root.dynamic_templates ?? []) {
    const [rule] = Object.values(template);
    if (rule && matchesPattern(rule.path_match ?? rule.match ?? '*', path) && !isObject(first)) {
      return { ...rule.mapping };
    }
  }
  if (isObject(first)) return { properties: {} };
  if (typeof first === 'number') return { type: Number.isInteger(first) ? 'long' : 'float' };
  if (typeof first === 'boolean') return { type: 'boolean' };
  return { type: 'text' };
}

export function countFields(mapping: Mapping): number {
  return Object.values(mapping.properties ?? {}).reduce((sum, inner) => sum + 1 + countFields(inner), 0);
}
