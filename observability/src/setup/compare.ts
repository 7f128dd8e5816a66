import { MISSING } from './resource.js';

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Members in which something that we have not put is a difference too; elsewhere servers add defaults of their own. */
const OURS_ALONE = new Set(['properties', 'phases', 'actions']);

/**
 * Where what a server holds differs from what it was given: one sentence for each place.
 *
 * Servers give things back in other words: settings as text, single values for lists of one, defaults added. None of that is a
 * difference.
 */
export function differencesOf(wanted: unknown, found: unknown, path: string = ''): string[] {
  const at = path === '' ? 'it' : path;
  if (Array.isArray(wanted)) return differencesOfLists(wanted, found, path);
  if (isObject(wanted)) {
    if (!isObject(found)) return [`${at} is ${shown(found)} instead of an object`];
    const expected = path.endsWith('settings') ? flat(wanted) : wanted;
    const given = path.endsWith('settings') ? flat(found) : found;
    const missing = Object.entries(expected).flatMap(([key, value]) =>
      differencesOf(value, given[key], path === '' ? key : `${path}.${key}`),
    );
    const isOurs = OURS_ALONE.has(path.split('.').at(-1)!);
    const extra = isOurs ? Object.keys(given).filter((key) => !(key in expected)) : [];
    return [...missing, ...extra.map((key) => `${path}.${key} should not be there`)];
  }
  if (String(wanted) === String(found) && !isObject(found)) return [];
  return [found === undefined ? `${at} ${MISSING}` : `${at} is ${shown(found)} instead of ${shown(wanted)}`];
}

function differencesOfLists(wanted: readonly unknown[], found: unknown, path: string): string[] {
  const given: unknown[] = Array.isArray(found) ? found : found === undefined ? [] : [found];
  if (given.length !== wanted.length) return [`${path} has ${given.length} entries instead of ${wanted.length}`];
  return wanted.flatMap((value, index) => differencesOf(value, given[index], `${path}[${index}]`));
}

/** `{index: {a: 1}}` and `{'index.a': 1}` are the same settings. */
function flat(value: Json, prefix: string = ''): Json {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      isObject(inner) ? Object.entries(flat(inner, `${prefix}${key}.`)) : [[`${prefix}${key}`, inner]],
    ),
  );
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
