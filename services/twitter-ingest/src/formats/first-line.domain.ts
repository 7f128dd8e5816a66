import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COMMA,
  isSpace,
  LINE_FEED,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from './json-bytes.domain.js';

/** No document nests deeper before its first line ends; the stack stays small on hostile input. */
const MAX_DEPTH = 1_000;

/**
 * Whether bytes that begin with `{` are an object that goes on after its first line, rather than a line-delimited record,
 * whole or broken. `bytes` hold the first line and at least the first byte of the next one, if there is one.
 */
export function continuesObject(bytes: Buffer): boolean {
  const open: number[] = [];
  let inText = false;
  let previous = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (inText) {
      if (byte === LINE_FEED) return false; // no string goes over a line end
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      if (open.push(byte) > MAX_DEPTH) return false;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      open.pop();
      if (open.length === 0) return false;
    } else if (byte === LINE_FEED) return mayFollow(firstOther(bytes, at), previous, open[open.length - 1]);
    if (!isSpace(byte)) previous = byte;
  }
  return false;
}

/** Only a `{` can begin the next record of a line-delimited file; nobody breaks a line between a key and its object. */
function mayFollow(next: number | undefined, previous: number, container: number | undefined): boolean {
  if (next === undefined) return false;
  if (next !== OPEN_OBJECT) return true;
  return previous === OPEN_ARRAY || (previous === COMMA && container === OPEN_ARRAY);
}

function firstOther(bytes: Buffer, from: number): number | undefined {
  return bytes.subarray(from).find((byte) => !isSpace(byte));
}
