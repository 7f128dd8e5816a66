import {
  candidatesOfCode,
  isCountryCode,
  placeKey,
  placeNamed,
  spellingsOf,
  type Place,
} from './country-names.domain.js';
import { CJK_PLACES, LONE_CODES, LONE_STATE_CODES, NOT_CJK_PLACES, QUALIFIERS } from './places/names.data.js';

const CACHE_ENTRIES = 20_000;
const MAX_LENGTH = 160;
let recent = new Map<string, string | null>();
let older = new Map<string, string | null>();

/**
 * Country (ISO 3166-1 alpha-2) of the free text people put where a profile asks for a location; null when the text names
 * none, or several. Rather says nothing than guesses. Answers are cached for the last 20 to 40 thousand texts.
 */
export function countryOfLocation(location: string): string | null {
  let country = recent.get(location);
  if (country === undefined) {
    country = older.get(location);
    if (country === undefined) country = location.length > MAX_LENGTH ? null : resolve(location);
    if (recent.size >= CACHE_ENTRIES) {
      older = recent;
      recent = new Map();
    }
    recent.set(location, country);
  }
  return country;
}

const ASCII = /^[\x20-\x7e]*$/;
const NO_FLAGS: ReadonlySet<string> = new Set();
const REGIONAL_INDICATORS = /[\u{1f1e6}-\u{1f1ff}]{2}/gu;
const HOME_NATION = /\u{1f3f4}\u{e0067}\u{e0062}[\u{e0020}-\u{e007f}]+/gu;
const PICTURES = /[\p{Extended_Pictographic}\u{e0020}-\u{e007f}\u{fe0f}\u{200d}\u{1f1e6}-\u{1f1ff}]+/gu;
/** Between places someone lives in or moves between; commas and dashes lead from the smaller to the larger one. */
const ALTERNATIVES = /[/|·•;&+~→➡✈\n]|\s+(?:and|y|et|und|e|or|to|via|x)\s+|\s*(?:<->|->|=>|>|<)\s*/iu;
const LEVELS = /[,，、()[\]{}:：]|\s+[-–—]+\s+|[–—]/u;
/** Flags beside such words show whom someone stands with, not where. */
const CAUSE = /\b(?:stand|support|free|pray|save|love|with|slava|glory|solidarity|fight|freedom|united)/i;

function resolve(location: string): string | null {
  // Most texts are plain ASCII: no flags, nothing to normalise.
  const plain = ASCII.test(location);
  const flags = plain ? NO_FLAGS : flagsIn(location);
  const text = plain ? location : location.normalize('NFKC').replace(PICTURES, ' ').trim();
  const found = new Set<string>();
  let unclear = false;
  // A name may itself hold an "and" or a slash: the whole comes first.
  const whole = placeNamed(placeKey(text));
  const alternatives = whole?.candidates.length === 1 ? [text] : text.split(ALTERNATIVES);
  for (const alternative of alternatives) {
    const country = countryOfLevels(alternative);
    if (country === 'unclear') unclear = true;
    else if (country !== null) found.add(country);
  }
  if (found.size === 1 && !unclear) return [...found][0]!;
  if (found.size > 0) return null;
  if (flags.size !== 1 || CAUSE.test(text)) return null;
  return [...flags][0]!;
}

function flagsIn(location: string): Set<string> {
  const flags = new Set<string>();
  for (const [flag] of location.matchAll(REGIONAL_INDICATORS)) {
    const code = Array.from(flag, (char) => String.fromCharCode(char.codePointAt(0)! - 0x1f1e6 + 65)).join('');
    if (isCountryCode(code)) flags.add(code);
  }
  if (HOME_NATION.test(location)) flags.add('GB');
  HOME_NATION.lastIndex = 0;
  return flags;
}

/** Resolves one place written from small to large, such as "Athens, Georgia, USA". */
function countryOfLevels(text: string): string | 'unclear' | null {
  const parts = text.split(LEVELS).filter((part) => part.trim() !== '');
  const known: Place[] = [];
  for (const [index, part] of parts.entries()) {
    const place = placeOf(part.trim(), index, parts.length === 1, known);
    if (place) known.push(place);
  }
  return decide(known);
}

function decide(known: readonly Place[]): string | 'unclear' | null {
  if (known.length === 0) return null;
  const certain = new Set(known.filter((place) => place.level === 'country').flatMap((place) => place.candidates));
  if (certain.size > 0) return certain.size === 1 ? [...certain][0]! : 'unclear';
  const largest = known.findLast((place) => place.level === 'region') ?? known[known.length - 1]!;
  const others = known.filter(
    (place) => place !== largest && (largest.level !== 'region' || place.level !== 'country'),
  );
  if (largest.candidates.length === 1) {
    const country = largest.candidates[0]!;
    const contradicted = largest.level === 'city' && others.some((place) => !place.candidates.includes(country));
    return contradicted ? 'unclear' : country;
  }
  const narrowed = others.reduce(
    (left, place) => left.filter((country) => place.candidates.includes(country)),
    [...largest.candidates],
  );
  return others.length > 0 && narrowed.length === 1 ? narrowed[0]! : 'unclear';
}

/** @param before the places found in the parts before this one */
function placeOf(part: string, index: number, alone: boolean, before: readonly Place[]): Place | null {
  const key = placeKey(part);
  const place = (index > 0 ? codeAfterPlace(part, key, before) : null) ?? placeNamed(key);
  // "us" alone is a pronoun; "US" is not.
  if (place) return alone && WORDS.has(key) && part !== part.toUpperCase() ? null : place;
  if (alone && (LONE_CODES.has(part) || LONE_STATE_CODES.has(part))) return loneCode(part);
  return cjkPlace(key) ?? placeWithTail(part, key);
}

function loneCode(part: string): Place | null {
  const named = placeNamed(part.toLowerCase());
  if (named) return named;
  if (LONE_STATE_CODES.has(part)) return { level: 'region', candidates: ['US'] };
  return isCountryCode(part) ? { level: 'country', candidates: [part] } : null;
}

/** What follows a name in Hiragana is mostly grammar: a sentence about the place, not its address. */
const SENTENCE = /^[ぁ-ゖ]/;

/** Codes that are words in lower case: "in", "me", "or" after a comma are rarely a state. */
const WORDS: ReadonlySet<string> = new Set(
  'al am an as at be by co de do es go hi id in is it la ma me mi ms my no ok or pa so to us'.split(' '),
);
/** Where the town does not tell, these codes mean the state far more often than the country or region sharing them. */
const MOSTLY_STATES: ReadonlySet<string> = new Set(
  'al ak az ca co ct dc fl ga hi il ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy'.split(
    ' ',
  ),
);

/** "Austin, TX", "Toronto, ON", "Berlin, DE", "Mumbai, IN": the town before decides between state and country. */
function codeAfterPlace(part: string, key: string, before: readonly Place[]): Place | null {
  if (!/^[a-z]{2,4}$/.test(key)) return null;
  const candidates = candidatesOfCode(key);
  if (candidates.length === 0) return null;
  const last = before[before.length - 1];
  const shared = last ? candidates.filter((country) => last.candidates.includes(country)) : [];
  if (shared.length === 1) return { level: 'region', candidates: shared };
  if (placeNamed(key)?.level === 'country') return null;
  if (WORDS.has(key) && part !== part.toUpperCase()) return null;
  if (candidates.length === 1) return { level: 'region', candidates };
  return MOSTLY_STATES.has(key) ? { level: 'region', candidates: ['US'] } : null;
}

let cjk: Map<string, string> | null = null;
const LONGEST_CJK = 7;
const CJK = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

function cjkPlace(key: string): Place | null {
  if (!CJK.test(key) || NOT_CJK_PLACES.some((name) => key.startsWith(name))) return null;
  cjk ??= new Map([...spellingsOf(CJK_PLACES, /\|/)].map(([name, code]) => [placeKey(name), code]));
  for (let length = Math.min(LONGEST_CJK, key.length); length > 1; length--) {
    const code = cjk.get(key.slice(0, length));
    if (code !== undefined && !SENTENCE.test(key.slice(length))) return { level: 'country', candidates: [code] };
  }
  return null;
}

/** "Austin TX", "London UK", "Berlin Germany", "somewhere in Texas": a known place or a harmless word, then a larger place. */
function placeWithTail(part: string, key: string): Place | null {
  const words = key.split(' ');
  if (words.length < 2 || words.length > 7) return null;
  for (let from = 1; from < words.length; from++) {
    const head = words.slice(0, from).join(' ');
    const tail = words.slice(from).join(' ');
    const town = placeNamed(head);
    if (from === words.length - 1) {
      const code = codeAtEnd(lastWord(part), tail, town);
      if (code) return code;
    }
    const place = placeNamed(tail);
    if (!place || !(town || QUALIFIERS.has(head))) continue;
    if (place.level === 'city' && town) continue;
    if (place.candidates.length === 1) return place;
    const shared = town ? place.candidates.filter((country) => town.candidates.includes(country)) : [];
    if (shared.length === 1) return { level: place.level, candidates: shared };
  }
  return null;
}

/** Without a comma only capitals make a code, or a town that is surely in the country of the code. */
function codeAtEnd(word: string, key: string, town: Place | undefined): Place | null {
  if (/^[A-Z]{2,3}$/.test(word)) {
    const trusted = town !== undefined || LONE_STATE_CODES.has(word) || MOSTLY_STATES.has(key);
    return trusted ? codeAfterPlace(word, key, town ? [town] : []) : null;
  }
  const country = town?.candidates.length === 1 ? town.candidates[0]! : null;
  return country !== null && candidatesOfCode(key).includes(country)
    ? { level: 'region', candidates: [country] }
    : null;
}

function lastWord(part: string): string {
  return (
    part
      .replace(/[.]/g, '')
      .trim()
      .split(/[\s-]+/)
      .pop() ?? ''
  );
}
