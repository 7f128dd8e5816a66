import { ImageError } from './images.errors.js';

export const SIGNATURE_BYTES = 8;
/** Length, type and check sum around the data of a chunk. */
export const FRAME_BYTES = 12;
/** Length and type. */
export const CHUNK_HEAD_BYTES = 8;

/** Chunks that are needed to show the picture, each with the size it may have. All others are metadata and stay out. */
const KEPT: ReadonlyMap<string, number> = new Map([
  ['IHDR', 13],
  ['PLTE', 768],
  ['tRNS', 256],
  ['IDAT', 0x7fffffff],
  ['IEND', 0],
  // Compressed: the decoder inflates it, so it is small or not there at all.
  ['iCCP', 1024 * 1024],
  ['eXIf', 64 * 1024],
]);

/** More chunks than an encoder makes for the largest picture; a file of empty chunks is no picture. */
const MAX_CHUNKS = 200_000;

/** A range of bytes of a file. */
export interface Span {
  from: number;
  to: number;
}

/**
 * Walks the chunks of a PNG of `size` bytes by their heads and tells what to keep of it: what it takes to show the picture, up
 * to its end mark. Nothing is inflated and no pixel is looked at; check sums are the decoder's to compare.
 *
 * @param headAt gives the {@link CHUNK_HEAD_BYTES} bytes at a place, fewer at the end of the file
 * @throws ImageError `IMAGES.CORRUPT` when the chain of chunks is broken, `IMAGES.ANIMATED` for APNG
 */
export function spansToKeep(size: number, headAt: (at: number) => Uint8Array): Span[] {
  const spans: Span[] = [{ from: 0, to: SIGNATURE_BYTES }];
  const seen = new Set<string>();
  let at = SIGNATURE_BYTES;
  for (let count = 0; count < MAX_CHUNKS; count++) {
    const head = headAt(at);
    if (head.length < CHUNK_HEAD_BYTES) throw damaged('it ends in the middle');
    const length = new DataView(head.buffer, head.byteOffset, CHUNK_HEAD_BYTES).getUint32(0);
    const type = String.fromCharCode(...head.subarray(4));
    const end = at + FRAME_BYTES + length;
    if (!/^[A-Za-z]{4}$/.test(type) || (count === 0) !== (type === 'IHDR')) {
      throw damaged('its chunks are out of order');
    }
    if (end > size) throw damaged('it ends in the middle');
    if (type === 'acTL') throw new ImageError('IMAGES.ANIMATED', 'the PNG is animated; send a still image');
    if (isKept(type, length, seen)) {
      seen.add(type);
      const last = spans.at(-1)!;
      if (last.to === at) last.to = end;
      else spans.push({ from: at, to: end });
    }
    if (type === 'IEND') return spans;
    at = end;
  }
  throw damaged(`it has more than ${MAX_CHUNKS} chunks`);
}

function isKept(type: string, length: number, seen: ReadonlySet<string>): boolean {
  const limit = KEPT.get(type);
  const isCritical = type[0] === type[0]!.toUpperCase();
  if (limit === undefined) {
    // A decoder that does not know a critical chunk must not guess what the picture looks like without it.
    if (isCritical) throw damaged(`it needs a chunk ${type} that is not known`);
    return false;
  }
  const fits = length <= limit && (type === 'IDAT' || !seen.has(type));
  if (!fits && isCritical) throw damaged(`its chunk ${type} is too long or repeated`);
  return fits;
}

export function damaged(what: string): ImageError {
  return new ImageError('IMAGES.CORRUPT', `the PNG is damaged: ${what}`);
}
