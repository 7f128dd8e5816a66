import { z } from 'zod';

/** Longest tag X accepts, in code points. */
export const MAX_TAG_LENGTH = 139;

/** Letters, marks, numbers, underscore and the joiners that some scripts need inside a word. */
const TAG = /^(?:[\p{L}\p{M}\p{N}_\u00b7\u30fb\uff65]|\u200c|\u200d)+$/u;

function foldCodePoint(char: string): string {
  // Turkish dotless i has no case partner in default case folding; upper-casing would merge it with i.
  return char === 'ı' ? char : char.toUpperCase().toLowerCase();
}

/**
 * Key under which a tag is stored and compared: NFKC, then Unicode case folding (per code point, so that a final sigma
 * equals any other sigma), without a leading `#` or `＃`.
 */
export function tagKey(tag: string): string {
  const bare = tag.normalize('NFKC').replace(/^#/, '');
  return Array.from(bare, foldCodePoint).join('').normalize('NFKC');
}

/** A tag as a caller may write it (any case, `#` optional, any script); parses to its key. */
export const tagSchema = z
  .string()
  .transform((text) => tagKey(text.trim()))
  .refine((key) => TAG.test(key) && Array.from(key).length <= MAX_TAG_LENGTH, {
    error: `a tag is 1 to ${MAX_TAG_LENGTH} letters, digits or underscores of any script, with or without a leading #`,
  });
