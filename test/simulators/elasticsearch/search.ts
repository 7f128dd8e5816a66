import { Refusal, type Json, type StoredDocument } from './contract.js';
import { isObject, valueAt } from './values.js';

/** The analyzer `whitespace`. */
function tokensOf(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

function only(clause: Json): [string, unknown] {
  const entries = Object.entries(clause);
  const [entry] = entries;
  if (!entry || entries.length > 1)
    throw new Refusal(400, 'parsing_exception', `expected one entry: ${JSON.stringify(clause)}`);
  return entry;
}

function clauses(value: unknown): Json[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]) as Json[];
}

function comparable(value: unknown): number | string {
  if (typeof value === 'number') return value;
  const instant = Date.parse(String(value));
  return Number.isNaN(instant) ? String(value) : instant;
}

const QUERIES: Readonly<Record<string, (options: Json, source: Json) => boolean>> = {
  match_all: () => true,
  bool: (options, source) =>
    clauses(options['must']).every((clause) => matches(clause, source)) &&
    clauses(options['filter']).every((clause) => matches(clause, source)) &&
    !clauses(options['must_not']).some((clause) => matches(clause, source)),
  term: (options, source) => {
    const [field, value] = only(options);
    const wanted: unknown = isObject(value) ? value['value'] : value;
    return [valueAt(source, field)].flat().includes(wanted);
  },
  range: (options, source) => {
    const [field, bounds] = only(options);
    const value = comparable(valueAt(source, field));
    return Object.entries(bounds as Json).every(([bound, limit]) => {
      const edge = comparable(limit);
      if (bound === 'gte') return value >= edge;
      if (bound === 'gt') return value > edge;
      if (bound === 'lte') return value <= edge;
      if (bound === 'lt') return value < edge;
      throw new Refusal(400, 'parsing_exception', `[range] query does not support [${bound}]`);
    });
  },
  match_phrase: (options, source) => {
    const [field, value] = only(options);
    const wanted = tokensOf(String(isObject(value) ? value['query'] : value));
    const words = tokensOf(String(valueAt(source, field) ?? ''));
    if (wanted.length === 0) return false;
    return words.some((_word, start) => wanted.every((word, offset) => words[start + offset] === word));
  },
  prefix: (options, source) => {
    const [field, value] = only(options);
    const start = String(isObject(value) ? value['value'] : value);
    return tokensOf(String(valueAt(source, field) ?? '')).some((word) => word.startsWith(start));
  },
};

function matches(clause: Json, source: Json): boolean {
  const [name, options] = only(clause);
  const query = QUERIES[name];
  if (!query) throw new Refusal(400, 'parsing_exception', `unknown query [${name}] in the stand-in`);
  return query(options as Json, source);
}

export interface SearchRequest {
  query?: Json;
  sort?: Array<Record<string, 'asc' | 'desc' | { order: 'asc' | 'desc' }>>;
  search_after?: unknown[];
  size?: number;
  _source?: boolean;
}

export function search(documents: Iterable<StoredDocument>, request: SearchRequest, indexName: string): Json {
  const order = (request.sort ?? []).map((entry) => {
    const [field, how] = only(entry);
    return { field, down: (isObject(how) ? how['order'] : how) === 'desc' };
  });
  const keyOf = ({ source }: StoredDocument) => order.map(({ field }) => comparable(valueAt(source, field)));
  const compare = (a: (number | string)[], b: (number | string)[]) => {
    for (const [index, { down }] of order.entries()) {
      if (a[index]! === b[index]!) continue;
      return a[index]! < b[index]! === down ? 1 : -1;
    }
    return 0;
  };
  const found = [...documents]
    .filter(({ source }) => matches(request.query ?? { match_all: {} }, source))
    .map((document) => ({ document, key: keyOf(document) }))
    .sort((a, b) => compare(a.key, b.key));
  const after = request.search_after?.map(comparable);
  const rest = after ? found.filter(({ key }) => compare(key, after) > 0) : found;
  return {
    took: 1,
    timed_out: false,
    _shards: { total: 1, successful: 1, skipped: 0, failed: 0 },
    hits: {
      total: { value: found.length, relation: 'eq' },
      max_score: null,
      hits: rest.slice(0, request.size ?? 10).map(({ document, key }) => ({
        _index: indexName,
        _id: document.id,
        _score: null,
        ...(request._source !== false && { _source: document.source }),
        sort: key,
      })),
    },
  };
}
