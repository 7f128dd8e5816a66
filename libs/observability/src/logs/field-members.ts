import { isIP } from 'node:net';
import { cleanText } from './clean-text.js';
import { ECS_FIELDS, ECS_OBJECTS, type EcsType } from './ecs-fields.js';
import { isSecretKey, REDACTED } from './redact.js';
import { safeGet, safeKeys } from './safe-get.js';

const TEXT_LIMIT = 1_024;
const KEY_LIMIT = 64;
const MOST_LABELS = 48;
const MOST_KEYS = 64;
const MOST_ITEMS = 16;
const DEEPEST = 5;
const MOST_VISITS = 300;

/**
 * Turns the fields of a log call into JSON members. Whatever is passed - cycles, getters that throw, a million keys, values
 * JSON does not know - the result is valid, bounded, and fits the index mapping.
 */
export class FieldWriter {
  /** Values are JSON text. A Map, because `__proto__` is a legal label. */
  readonly #labels = new Map<string, string>();
  #visits = 0;

  /** JSON members of the known ECS objects, each with a leading comma; everything else is kept for {@link labels}. */
  ecsMembers(fields: object): string {
    let text = '';
    for (const key of safeKeys(fields, MOST_KEYS)) {
      if (key === 'error') continue;
      const value = safeGet(fields, key);
      if (key === 'labels' && typeof value === 'object' && value !== null) {
        this.#addLabels('', value, 0);
      } else if (ECS_OBJECTS.has(key) && isPlain(value)) {
        const members = this.#ecsObject(key, value);
        if (members !== '') text += `,"${key}":{${members}}`;
      } else {
        this.#addLabel(key, value, 0);
      }
    }
    return text;
  }

  addLabel(key: string, value: string): void {
    this.#labels.set(key, JSON.stringify(value));
  }

  /** The `labels` member with a leading comma, or nothing. */
  labels(): string {
    if (this.#labels.size === 0) return '';
    const members = [...this.#labels].map(([key, value]) => `${JSON.stringify(key)}:${value}`);
    return `,"labels":{${members.join(',')}}`;
  }

  #ecsObject(path: string, source: object): string {
    const members: string[] = [];
    for (const key of safeKeys(source, MOST_KEYS)) {
      const value = safeGet(source, key);
      const field = `${path}.${key}`;
      const type = ECS_FIELDS[field];
      const json = type && isPresent(value) ? ecsValue(type, value) : undefined;
      if (json !== undefined) {
        members.push(`"${key}":${json}`);
      } else if (ECS_OBJECTS.has(field) && isPlain(value)) {
        const inner = this.#ecsObject(field, value);
        if (inner !== '') members.push(`"${key}":{${inner}}`);
      } else {
        this.#addLabel(field, value, 0);
      }
    }
    return members.join(',');
  }

  #addLabel(key: string, value: unknown, depth: number): void {
    if (!isPresent(value) || ++this.#visits > MOST_VISITS) return;
    if (isSecretKey(key)) {
      this.#putLabel(key, JSON.stringify(REDACTED));
    } else if (typeof value === 'object' && !Array.isArray(value) && isPlain(value)) {
      if (depth < DEEPEST) this.#addLabels(`${key}_`, value, depth + 1);
      else this.#putLabel(key, '"[too deep]"');
    } else {
      this.#putLabel(key, labelValue(value));
    }
  }

  #addLabels(prefix: string, source: object, depth: number): void {
    for (const key of safeKeys(source, MOST_KEYS)) this.#addLabel(prefix + key, safeGet(source, key), depth);
  }

  #putLabel(key: string, json: string): void {
    // A dot would become an object when the line is indexed, and clash with a label of the shorter name.
    const name = key.slice(0, KEY_LIMIT).replace(/[^A-Za-z0-9_]/g, '_');
    if (this.#labels.size < MOST_LABELS || this.#labels.has(name)) this.#labels.set(name, json);
    else this.#labels.set('labels_dropped', 'true');
  }
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && typeof value !== 'function' && typeof value !== 'symbol';
}

/** An object that is a bag of fields, and not one of the kinds that have a text form of their own. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !(
    value instanceof Date ||
    value instanceof Error ||
    value instanceof Map ||
    value instanceof Set ||
    value instanceof URL ||
    ArrayBuffer.isView(value)
  );
}

function labelValue(value: unknown): string {
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return JSON.stringify(cleanText(textOf(value), TEXT_LIMIT));
}

function textOf(value: unknown): string {
  try {
    if (typeof value === 'string') return value;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (value instanceof Map || value instanceof Set) return `[${value.size} entries]`;
    if (Array.isArray(value)) return listText(value);
    return String(value);
  } catch {
    return '[unreadable]';
  }
}

function listText(items: unknown[]): string {
  const shown = items
    .slice(0, MOST_ITEMS)
    .map((item) => (typeof item === 'object' && item ? '{}' : String(item).slice(0, TEXT_LIMIT)));
  return items.length > MOST_ITEMS ? `${shown.join(',')},...[${items.length} items]` : shown.join(',');
}

function ecsValue(type: EcsType, value: unknown): string | undefined {
  switch (type) {
    case 'long': {
      const number = typeof value === 'bigint' ? Number(value) : value;
      return typeof number === 'number' && Number.isFinite(number) ? String(Math.round(number)) : undefined;
    }
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : undefined;
    case 'ip':
      return typeof value === 'string' && isIP(value) !== 0 ? JSON.stringify(value) : undefined;
    case 'date': {
      const date =
        value instanceof Date
          ? value
          : typeof value === 'number' || typeof value === 'string'
            ? new Date(value)
            : undefined;
      return date && !Number.isNaN(date.getTime()) ? JSON.stringify(date.toISOString()) : undefined;
    }
    case 'keyword':
      return keyword(value);
  }
}

function keyword(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const items = value.slice(0, MOST_ITEMS).filter((item) => typeof item === 'string');
    return `[${items.map((item) => JSON.stringify(cleanText(item, TEXT_LIMIT))).join(',')}]`;
  }
  if (
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    typeof value === 'bigint'
  ) {
    return JSON.stringify(cleanText(String(value), TEXT_LIMIT));
  }
  return value instanceof URL ? JSON.stringify(cleanText(value.href, TEXT_LIMIT)) : undefined;
}
