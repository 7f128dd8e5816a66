import type { Json } from './contract.js';

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function merge(...parts: readonly (Json | undefined)[]): Json {
  const merged: Json = {};
  for (const part of parts) {
    for (const [key, value] of Object.entries(part ?? {})) {
      const before = merged[key];
      merged[key] = isObject(before) && isObject(value) ? merge(before, value) : value;
    }
  }
  return merged;
}

/** The value at `a.b.c`, through objects only. */
export function valueAt(source: Json, path: string): unknown {
  let value: unknown = source;
  for (const part of path.split('.')) {
    if (!isObject(value)) return undefined;
    value = value[part];
  }
  return value;
}

export function setAt(source: Json, path: string, value: unknown): void {
  const parts = path.split('.');
  let target = source;
  for (const part of parts.slice(0, -1)) {
    if (!isObject(target[part])) target[part] = {};
    target = target[part] as Json;
  }
  target[parts.at(-1)!] = value;
}

/** `{index: {a: 1}}` and `{'index.a': 1}` as Elasticsearch answers them: nested under `index`, values as text. */
export function nestedSettings(settings: Json | undefined): Json {
  const nested: Json = {};
  const walk = (prefix: string, value: unknown) => {
    if (isObject(value))
      for (const [key, inner] of Object.entries(value)) walk(prefix ? `${prefix}.${key}` : key, inner);
    else {
      const path = prefix.startsWith('index.') ? prefix : `index.${prefix}`;
      setAt(nested, path, Array.isArray(value) ? value.map(String) : String(value));
    }
  };
  walk('', settings ?? {});
  return nested;
}

/** `*` is any text. */
export function matchesPattern(pattern: string, name: string): boolean {
  const expression = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*'); // prettier-ignore
  return new RegExp(`^${expression}$`).test(name);
}
