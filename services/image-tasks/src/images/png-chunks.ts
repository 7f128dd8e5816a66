import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import { ImageError } from './images.errors.js';

const SIGNATURE_BYTES = 8;
/** Length, type and check sum around the data of a chunk. */
const FRAME_BYTES = 12;
const COPY_BYTES = 1024 * 1024;

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
interface Span {
  from: number;
  to: number;
}

/**
 * Copies a PNG without the chunks that are not needed to show it, up to its end mark. Decoders inflate compressed text
 * before they look at the size of the picture, which is how 460 kB become 3 GB; here nothing is inflated.
 *
 * @returns false when there was nothing to leave out: then no copy was made
 * @throws ImageError `IMAGES.CORRUPT` when the chain of chunks is broken, `IMAGES.ANIMATED` for APNG
 */
export function copyWithoutMetadata(source: string, target: string): boolean {
  const input = openSync(source, 'r');
  try {
    const { size } = fstatSync(input);
    const spans = keptSpans(input, size);
    if (spans.length === 1 && spans[0]!.to === size) return false;
    const output = openSync(target, 'wx', 0o600);
    try {
      for (const span of spans) copySpan(input, output, span);
    } finally {
      closeSync(output);
    }
    return true;
  } finally {
    closeSync(input);
  }
}

function keptSpans(file: number, size: number): Span[] {
  const spans: Span[] = [{ from: 0, to: SIGNATURE_BYTES }];
  const seen = new Set<string>();
  const head = Buffer.alloc(8);
  let at = SIGNATURE_BYTES;
  for (let count = 0; count < MAX_CHUNKS; count++) {
    if (readSync(file, head, 0, 8, at) < 8) throw corrupt('it ends in the middle');
    const length = head.readUInt32BE(0);
    const type = head.toString('latin1', 4);
    const end = at + FRAME_BYTES + length;
    if (!/^[A-Za-z]{4}$/.test(type) || (count === 0) !== (type === 'IHDR'))
      throw corrupt('its chunks are out of order');
    if (end > size) throw corrupt('it ends in the middle');
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
  throw corrupt(`it has more than ${MAX_CHUNKS} chunks`);
}

function isKept(type: string, length: number, seen: ReadonlySet<string>): boolean {
  const limit = KEPT.get(type);
  const isCritical = type[0] === type[0]!.toUpperCase();
  if (limit === undefined) {
    // A decoder that does not know a critical chunk must not guess what the picture looks like without it.
    if (isCritical) throw corrupt(`it needs a chunk ${type} that is not known`);
    return false;
  }
  const fits = length <= limit && (type === 'IDAT' || !seen.has(type));
  if (!fits && isCritical) throw corrupt(`its chunk ${type} is too long or repeated`);
  return fits;
}

function copySpan(input: number, output: number, { from, to }: Span): void {
  const buffer = Buffer.alloc(Math.min(COPY_BYTES, to - from));
  for (let at = from; at < to;) {
    const read = readSync(input, buffer, 0, Math.min(buffer.length, to - at), at);
    if (read === 0) throw corrupt('it ends in the middle');
    for (let written = 0; written < read;) written += writeSync(output, buffer, written, read - written);
    at += read;
  }
}

/** Copies a PNG and puts chunks in where they belong: after the header, before palette and pixels. */
export function copyWithChunks(source: string, target: string, chunks: readonly Buffer[]): void {
  const input = openSync(source, 'r');
  try {
    const { size } = fstatSync(input);
    const afterHeader = SIGNATURE_BYTES + FRAME_BYTES + 13;
    const output = openSync(target, 'wx', 0o600);
    try {
      copySpan(input, output, { from: 0, to: afterHeader });
      for (const chunk of chunks) writeSync(output, chunk);
      copySpan(input, output, { from: afterHeader, to: size });
    } finally {
      closeSync(output);
    }
  } finally {
    closeSync(input);
  }
}

/** An ICC profile as a chunk: the pixels are not converted, so their colours need it. */
export function profileChunk(profile: Buffer): Buffer {
  return chunk('iCCP', Buffer.concat([Buffer.from('icc\0\0', 'latin1'), deflateSync(profile)]));
}

/** How to turn the picture when it is shown (1 to 8, as in Exif), as a chunk that holds nothing else. */
export function orientationChunk(orientation: number): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.write('MM\0*', 'latin1');
  tiff.writeUInt32BE(8, 4); // the directory follows,
  tiff.writeUInt16BE(1, 8); // with one entry:
  tiff.writeUInt16BE(0x0112, 10); // Orientation,
  tiff.writeUInt16BE(3, 12); // a short,
  tiff.writeUInt32BE(1, 14); // one of them
  tiff.writeUInt16BE(orientation, 18);
  return chunk('eXIf', tiff);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

function corrupt(what: string): ImageError {
  return new ImageError('IMAGES.CORRUPT', `the PNG is damaged: ${what}`);
}
