/**
 * Text as the search sees it: words without case and accents, in order. In scripts that put no spaces between words each
 * character stands alone, so that a word is found as a run of characters.
 */
export function unitsOf(text: string): string[] {
  return [...fold(text).matchAll(UNITS)].map(([unit]) => unit);
}

const UNSPACED = '\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}';
/** The prolonged sound mark belongs to both kana and to no script. */
const UNITS = new RegExp(`[${UNSPACED}\\u30fc]\\p{M}*|(?:(?![${UNSPACED}\\u30fc])[\\p{L}\\p{N}\\p{M}_])+`, 'gu');
const STANDS_ALONE = new RegExp(`^[${UNSPACED}\\u30fc]`, 'u');

/** Latin letters that are not made of a plain one and an accent. */
const PLAIN: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** Accents of Latin letters are dropped, as people leave them out; elsewhere a mark makes another letter. */
function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/(?<=\p{sc=Latin}\p{Mn}*)\p{Mn}/gu, '')
    .replace(/[ßæœøłđðþı]/g, (letter) => PLAIN[letter]!)
    .normalize('NFC');
}

export function standsAlone(unit: string): boolean {
  return STANDS_ALONE.test(unit);
}

/** A full-text index of the database takes no words above 84 characters. */
const LONGEST_CODE = 80;

/**
 * The words under which a text is kept in a full-text index of the database, in plain ASCII. What MariaDB and MySQL would do to
 * a text differs between them and leaves things out: words of one or two letters, stop words, scripts without spaces. A code is
 * never short and never a stop word, and pairs of characters stand for what has no spaces.
 */
export function codesOf(text: string): string[] {
  const units = unitsOf(text);
  return [...new Set(units.map((unit, at) => codeOf(unit, units[at + 1])))];
}

/** @param next the unit behind it, where that is known */
export function codeOf(unit: string, next: string | undefined): string {
  const pair = standsAlone(unit) && next !== undefined && standsAlone(next) ? unit + next : unit;
  return encoded(pair).slice(0, LONGEST_CODE);
}

function encoded(word: string): string {
  // Character by character, so that the code of a beginning is the beginning of the code.
  return `xa${word.replace(/[^a-z0-9_]/gu, (character) => `_${character.codePointAt(0)!.toString(36).padStart(4, '0')}`)}`;
}
