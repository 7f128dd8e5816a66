import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import { CHUNK_HEAD_BYTES, damaged, FRAME_BYTES, SIGNATURE_BYTES, spansToKeep, type Span } from './png-walk.domain.js';

const COPY_BYTES = 1024 * 1024;

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
    const head = Buffer.alloc(CHUNK_HEAD_BYTES);
    const spans = spansToKeep(size, (at) => head.subarray(0, readSync(input, head, 0, CHUNK_HEAD_BYTES, at)));
    if (spans.length === 1 && spans[0]!.to === size) return false;
    const output = openSync(target, 'w', 0o600);
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

function copySpan(input: number, output: number, { from, to }: Span): void {
  const buffer = Buffer.alloc(Math.min(COPY_BYTES, to - from));
  for (let at = from; at < to;) {
    const read = readSync(input, buffer, 0, Math.min(buffer.length, to - at), at);
    if (read === 0) throw damaged('it ends in the middle');
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
    const output = openSync(target, 'w', 0o600);
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
