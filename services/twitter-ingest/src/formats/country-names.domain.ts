import countries from 'i18n-iso-countries';
import { CITIES } from './places/cities.data.js';
import { NAME_LOCALES, NOT_NAMES, OTHER_NAMES } from './places/names.data.js';
import { REGION_CODES, REGION_NAMES } from './places/regions.data.js';

/** Countries a name can mean; one code is certain, several need the rest of the text. */
export type Candidates = readonly string[];

export type PlaceLevel = 'country' | 'region' | 'city';

export interface Place {
  level: PlaceLevel;
  candidates: Candidates;
}

/** Already a key but for its case. */
const PLAIN = /^[a-z0-9]+(?: [a-z0-9]+)*$/i;
const LATIN_MARKS = /[\u0300-\u036f]/g;

/** Lower case, no accents on Latin, Greek and Cyrillic letters, no punctuation. Marks of other scripts are letters. */
export function placeKey(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replace(LATIN_MARKS, '')
    .normalize('NFC')
    .replace(/[’'‘`.]/g, '')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}

let places: Map<string, Place> | null = null;
let codes: Map<string, Candidates> | null = null;

/** What a whole name means: of a country in some fifty languages, a region, or a city; found by its key. */
export function placeNamed(key: string): Place | undefined {
  places ??= buildPlaces();
  return places.get(key);
}

/** Regions a code of two to four lower-case letters may stand for, by country; and the country of that code. */
export function candidatesOfCode(code: string): Candidates {
  codes ??= buildCodes();
  return codes.get(code) ?? [];
}

export function isCountryCode(code: string): boolean {
  return code.length === 2 && countries.isValid(code);
}

/** Entries of a data table: `a|b` lists of spellings by country codes. */
export function* spellingsOf(table: Readonly<Record<string, string>>, separator: RegExp): Generator<[string, string]> {
  for (const [country, list] of Object.entries(table)) {
    for (const spelling of list.split(separator)) {
      const trimmed = spelling.trim();
      if (trimmed !== '') yield [trimmed, country];
    }
  }
}

function buildPlaces(): Map<string, Place> {
  const map = new Map<string, Place>();
  const add = (table: Readonly<Record<string, string>>, level: PlaceLevel) => {
    for (const [name, list] of spellingsOf(table, /\|/))
      map.set(placeKey(name), { level, candidates: list.split(' ') });
  };
  add(CITIES, 'city');
  for (const [key, code] of dictionaryNames()) map.set(key, { level: 'country', candidates: [code] });
  add(REGION_NAMES, 'region');
  add(OTHER_NAMES, 'country');
  return map;
}

/** Names of the dictionaries that mean one country in all of the languages; short Latin ones are mostly other words. */
function dictionaryNames(): Map<string, string> {
  const meanings = new Map<string, Set<string>>();
  for (const locale of NAME_LOCALES) {
    for (const [code, names] of Object.entries(countries.getNames(locale, { select: 'all' }))) {
      for (const name of names) {
        const key = placeKey(name);
        if (/^[\p{Script=Latin} ]{1,3}$/u.test(key) || NOT_NAMES.has(key)) continue;
        meanings.set(key, (meanings.get(key) ?? new Set()).add(code));
      }
    }
  }
  const certain = new Map<string, string>();
  for (const [key, set] of meanings) if (set.size === 1) for (const code of set) certain.set(key, code);
  return certain;
}

function buildCodes(): Map<string, Candidates> {
  const map = new Map<string, Set<string>>();
  const add = (code: string, country: string) => map.set(code, (map.get(code) ?? new Set()).add(country));
  for (const [code, country] of spellingsOf(REGION_CODES, /\s/)) add(code, country);
  for (const code of Object.keys(countries.getAlpha2Codes())) add(code.toLowerCase(), code);
  return new Map([...map].map(([code, set]) => [code, [...set]]));
}
