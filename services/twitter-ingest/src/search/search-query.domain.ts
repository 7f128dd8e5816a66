import { CodedError } from '#libs/kernel';
import { codeOf, standsAlone, unitsOf } from './words.domain.js';

/** One thing a text must have, or must not have. */
export interface SearchTerm {
  /** What has to follow one another in the text. */
  units: readonly string[];
  /** The last unit is the beginning of a word. */
  isPrefix: boolean;
  isExcluded: boolean;
}

/** Never empty, and never without something to look for. */
export type SearchQuery = readonly SearchTerm[];

const MOST_TERMS = 16;
const SHORTEST_PREFIX = 2;

export class BadSearchError extends CodedError {
  constructor(problem: string) {
    super('POSTS.BAD_QUERY', 'invalid', `q: ${problem}`, { details: { fields: [{ path: 'q', message: problem }] } });
  }
}

const TERM = /(-?)(?:"([^"]*)"|([^\s"]+))/g;

/**
 * Reads `harbour "low tide" light* -storm`: words, phrases in quotes, beginnings of words, and what must not be there.
 *
 * @throws BadSearchError that says what is wrong and what is allowed
 */
export function parseSearch(q: string): SearchQuery {
  if ((q.match(/"/g) ?? []).length % 2 === 1) throw new BadSearchError('a quotation mark is not closed');
  const terms = [...q.normalize('NFKC').matchAll(TERM)].flatMap((match) => termOf(match));
  if (!terms.some(({ isExcluded }) => !isExcluded)) {
    throw new BadSearchError(
      'give at least one word to look for; letters and digits count, not only what to leave out',
    );
  }
  if (terms.length > MOST_TERMS)
    throw new BadSearchError(`at most ${MOST_TERMS} words and phrases, not ${terms.length}`);
  return terms;
}

function termOf([, minus, phrase, word]: RegExpExecArray | RegExpMatchArray): SearchTerm[] {
  const text = phrase ?? word!;
  const isPrefix = phrase === undefined && /[^*]\*$/.test(text);
  const units = unitsOf(text);
  if (units.length === 0) return [];
  if (isPrefix && !standsAlone(units[0]!) && (units.length > 1 || units[0]!.length < SHORTEST_PREFIX)) {
    throw new BadSearchError(
      `${text} is not the beginning of one word: * goes behind at least ${SHORTEST_PREFIX} letters`,
    );
  }
  // In a script without spaces every word is found by its beginning anyway.
  return [{ units, isPrefix: isPrefix && !standsAlone(units[0]!), isExcluded: minus === '-' }];
}

/** Whether a text is what was asked for. */
export function matchesSearch(query: SearchQuery, text: string): boolean {
  const units = unitsOf(text);
  return query.every((term) => occurs(term, units) !== term.isExcluded);
}

function occurs({ units: wanted, isPrefix }: SearchTerm, units: readonly string[]): boolean {
  if (isPrefix) return units.some((unit) => unit.startsWith(wanted[0]!));
  return units.some((_unit, start) => wanted.every((unit, offset) => units[start + offset] === unit));
}

/**
 * The query for a full-text index over the codes of texts, in boolean mode. It finds every text that is asked for, and some
 * more: the order of words and what must not be there are not in the index.
 */
export function booleanExpressionOf(query: SearchQuery): string {
  const wanted = query.filter(({ isExcluded }) => !isExcluded).flatMap((term) => codesOfTerm(term));
  return [...new Set(wanted)].map((code) => `+${code}`).join(' ');
}

function codesOfTerm({ units, isPrefix }: SearchTerm): string[] {
  return units.flatMap((unit, at) => {
    const next = units[at + 1];
    if (!standsAlone(unit)) return [codeOf(unit, next) + (isPrefix ? '*' : '')];
    if (next !== undefined && standsAlone(next)) return [codeOf(unit, next)];
    // What follows it in the text is not known; when it is the second of a pair it is in there already.
    return at > 0 && standsAlone(units[at - 1]!) ? [] : [`${codeOf(unit, undefined)}*`];
  });
}
