import { tagSchema } from '#libs/contracts';
import { LIMITS } from './contract.js';

export type Json = Record<string, unknown>;

/** Anything with keys that is no array. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectOf(value: unknown): Json | null {
  return isObject(value) ? value : null;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

const SURROGATE = /[\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Cs}/gu;

/** The string if it is one, at most `max` code units; half characters (JSON may spell them) become U+FFFD. */
export function text(value: unknown, max: number): string | null {
  if (typeof value !== 'string') return null;
  const cut = value.length > max ? value.slice(0, max) : value;
  return SURROGATE.test(cut) ? cut.replace(LONE_SURROGATE, '\ufffd') : cut;
}

/** As {@link text}, but what is only white space is null. */
export function filled(value: unknown, max: number): string | null {
  const string = text(value, max);
  return string === null || string.trim() === '' ? null : string;
}

/** A non-negative whole number, else null (Mastodon says -1 where an author hides the figure). */
export function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

const NUMERAL = /^[1-9][0-9]{0,19}$/;

/** An X id as a string. A number above 2^53 has already lost digits and is refused. */
export function numeral(value: unknown): string | null {
  if (typeof value === 'string') return NUMERAL.test(value) ? value : null;
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? String(value) : null;
}

/** Only web addresses: a `javascript:` link must never reach a page. */
export function webUrl(value: unknown): string | null {
  return typeof value === 'string' && value.length <= LIMITS.url && /^https?:\/\/[^\s<>"]+$/i.test(value)
    ? text(value, LIMITS.url)
    : null;
}

const OLD_CODES: Readonly<Record<string, string>> = { in: 'id', iw: 'he', ji: 'yi' };
const languages = new Map<string, string>();
const MAX_LANGUAGES = 1_000;

/**
 * Lower-case primary subtag ('pt-BR' is 'pt'), old codes replaced, 'und' when there is none. The special codes of X stay
 * as they are, since they say why there is no language: zxx and qme (media only), qst (too short), qht, qam, qct.
 */
export function language(value: unknown): string {
  if (typeof value !== 'string' || value.length > 35) return 'und';
  let code = languages.get(value);
  if (code === undefined) {
    const primary = value.trim().toLowerCase().split(/[-_]/, 1)[0]!;
    code = /^[a-z]{2,3}$/.test(primary) ? (Object.hasOwn(OLD_CODES, primary) ? OLD_CODES[primary]! : primary) : 'und';
    if (languages.size < MAX_LANGUAGES) languages.set(value, code);
  }
  return code;
}

/** ISO 3166-1 alpha-2 in upper case, as X writes `country_code`. */
export function countryCode(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Za-z]{2}$/.test(value) ? value.toUpperCase() : null;
}

const spellings = new Map<string, boolean>();
const MAX_SPELLINGS = 50_000;

function isTag(spelling: string): boolean {
  let valid = spellings.get(spelling);
  if (valid === undefined) {
    valid = tagSchema.safeParse(spelling).success;
    if (spellings.size >= MAX_SPELLINGS) spellings.clear();
    spellings.set(spelling, valid);
  }
  return valid;
}

/** Adds the tags of a list of entities, e.g. `[{ tag: 'x' }]` with key 'tag': each once, only what can be asked for. */
export function addTags(into: string[], entities: unknown, key: string): void {
  if (!Array.isArray(entities)) return;
  for (const entity of entities) addTag(into, isObject(entity) ? entity[key] : null);
}

export function addTag(into: string[], value: unknown): void {
  if (typeof value !== 'string' || value.length > 300 || into.length >= LIMITS.tags) return;
  const spelling = value.trim().replace(/^[#＃]/, '');
  if (!into.includes(spelling) && isTag(spelling)) into.push(spelling);
}
