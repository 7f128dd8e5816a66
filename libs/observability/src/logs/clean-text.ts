import { redactText } from './redact.js';

/** Terminal commands (ECMA-48): a log line must not be able to move the cursor of whoever reads it. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const TERMINAL_SEQUENCE = /\u001b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\u0007\u001b]{0,512}(?:\u0007|\u001b\\)|[@-_])/g;
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/;
const EVERY_CONTROL = new RegExp(CONTROL, 'g');
/** Read past the limit, so that a secret that lies across it is seen whole before it is cut. */
const MARGIN = 512;

/**
 * Makes any text fit for a log: secrets out, terminal sequences and control characters out (line breaks and tabs stay,
 * JSON escapes them), at most `limit` characters.
 */
export function cleanText(text: string, limit: number): string {
  let clean = text.length > limit + MARGIN ? text.slice(0, limit + MARGIN) : text;
  const cut = clean.length < text.length;
  clean = redactText(clean);
  if (CONTROL.test(clean)) {
    clean = clean.replace(/\r\n/g, '\n').replace(TERMINAL_SEQUENCE, '').replace(EVERY_CONTROL, ' ');
  }
  const end = cut ? Math.min(limit, clean.length - MARGIN) : limit;
  return clean.length > end ? `${clean.slice(0, Math.max(0, end))}...[${text.length} characters]` : clean;
}
