/** Separators: tab, line feed, carriage return, space, comma, semicolon; any number of them between two tokens. */
const SEPARATORS = '\t\n\r ,;';

const isSeparatorTable = new Uint8Array(256);
for (const separator of SEPARATORS) isSeparatorTable[separator.charCodeAt(0)] = 1;

export const MINUS = 0x2d;
export const PLUS = 0x2b;
export const ZERO = 0x30;
export const LINE_FEED = 0x0a;

/** UTF-8 byte order mark: skipped at offset 0, part of a token anywhere else. */
export const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/**
 * A longer token is malformed, whatever it holds: somebody has to keep it until its last digit is seen, and its sum has to
 * fit into an answer.
 */
export const MAX_TOKEN_BYTES = 256 * 1024;

/** How many malformed tokens are reported with their place, and how much of each is shown. */
export const MALFORMED_KEPT = 10;
const SHOWN_BYTES = 32;

/** A token that is no whole number; `offset` counts bytes from the start of the file. */
export interface MalformedToken {
  offset: number;
  text: string;
}

export function isSeparator(byte: number): boolean {
  return isSeparatorTable[byte] === 1;
}

/** Index of the first separator in [from, to), or `to`. */
export function nextSeparator(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && isSeparatorTable[bytes[at]!] === 0) at++;
  return at;
}

/** Index behind the last separator in [from, to), or `from`. */
export function behindLastSeparator(bytes: Uint8Array, from: number, to: number): number {
  let at = to;
  while (at > from && isSeparatorTable[bytes[at - 1]!] === 0) at--;
  return at;
}

/** Start of a token for people: without control characters, and not all of it. `length` is that of the token. */
export function shownText(token: Uint8Array, length: number): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(token.subarray(0, Math.min(length, SHOWN_BYTES)));
  const visible = text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
  return length > SHOWN_BYTES ? `${visible}…` : visible;
}
