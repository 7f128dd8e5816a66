import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImageError } from './images.errors.js';
import { CHUNK_HEAD_BYTES, spansToKeep } from './png-walk.domain.js';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** A chunk without a true check sum: the walk does not look at it. */
function chunk(type: string, length: number, says = length): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(says);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, Buffer.alloc(length, type), Buffer.alloc(4)]);
}

const png = (...chunks: Buffer[]): Buffer => Buffer.concat([SIGNATURE, ...chunks]);
const HEADER = chunk('IHDR', 13);
const PIXELS = chunk('IDAT', 40);
const END = chunk('IEND', 0);

function kept(file: Buffer): Buffer {
  const spans = spansToKeep(file.length, (at) => file.subarray(at, at + CHUNK_HEAD_BYTES));
  return Buffer.concat(spans.map(({ from, to }) => file.subarray(from, to)));
}

function refusalOf(file: Buffer): string {
  try {
    kept(file);
  } catch (error) {
    if (error instanceof ImageError) return `${error.code} ${error.message}`;
    throw error;
  }
  throw new Error('not refused');
}

describe(spansToKeep.name, () => {
  it('should keep a picture without metadata in one piece', () => {
    const file = png(HEADER, chunk('PLTE', 12), chunk('tRNS', 4), PIXELS, PIXELS, END);

    const sut = spansToKeep(file.length, (at) => file.subarray(at, at + CHUNK_HEAD_BYTES));

    expect(sut).toEqual([{ from: 0, to: file.length }]);
  });

  it.each(['tEXt', 'zTXt', 'iTXt', 'tIME', 'pHYs', 'vpAg', 'prVt'])('should leave chunks %s out', (type) => {
    const file = png(HEADER, chunk(type, 5), PIXELS, chunk(type, 500_000), chunk(type, 0), PIXELS, END);

    expect(kept(file).equals(png(HEADER, PIXELS, PIXELS, END))).toBe(true);
  });

  it('should leave out what follows the end mark', () => {
    const file = Buffer.concat([png(HEADER, PIXELS, END), Buffer.from('<script>alert(1)</script>')]);

    expect(kept(file).equals(png(HEADER, PIXELS, END))).toBe(true);
  });

  it('should keep one profile and one orientation of reasonable size', () => {
    const [profile, exif] = [chunk('iCCP', 3_000), chunk('eXIf', 100)];
    const file = png(HEADER, profile, profile, exif, exif, PIXELS, END);

    expect(kept(file).equals(png(HEADER, profile, exif, PIXELS, END))).toBe(true);
  });

  it.each([
    ['iCCP', 1024 * 1024],
    ['eXIf', 64 * 1024],
    ['tRNS', 256],
  ])('should leave out a chunk %s of more than %i bytes', (type, allowed) => {
    const [fits, tooLong] = [chunk(type, allowed), chunk(type, allowed + 1)];

    expect(kept(png(HEADER, tooLong, PIXELS, END)).equals(png(HEADER, PIXELS, END))).toBe(true);
    expect(kept(png(HEADER, fits, PIXELS, END)).equals(png(HEADER, fits, PIXELS, END))).toBe(true);
  });

  it.each([
    ['nothing behind the signature', png()],
    ['no end mark', png(HEADER, PIXELS)],
    ['half a head', Buffer.concat([png(HEADER), Buffer.from([0, 0, 0])])],
    ['a chunk cut off', png(HEADER, PIXELS).subarray(0, -3)],
    ['a chunk longer than the file', png(HEADER, chunk('IDAT', 10, 0xffff_ffff), END)],
  ])('should refuse a truncated file: %s', (_, file) => {
    expect(refusalOf(file)).toBe('IMAGES.CORRUPT the PNG is damaged: it ends in the middle');
  });

  it.each([
    ['pixels before the header', png(PIXELS, HEADER, END)],
    ['a second header', png(HEADER, HEADER, PIXELS, END)],
    ['a type that is none', png(HEADER, chunk('ID T', 4), END)],
  ])('should refuse chunks out of order: %s', (_, file) => {
    expect(refusalOf(file)).toBe('IMAGES.CORRUPT the PNG is damaged: its chunks are out of order');
  });

  it('should refuse a critical chunk that is not known', () => {
    expect(refusalOf(png(HEADER, chunk('CgBI', 4), PIXELS, END))).toMatch(/^IMAGES.CORRUPT .* a chunk CgBI /);
  });

  it.each([
    ['a second palette', png(HEADER, chunk('PLTE', 12), chunk('PLTE', 12), PIXELS, END)],
    ['a palette of more than 256 colours', png(HEADER, chunk('PLTE', 771), PIXELS, END)],
    ['an end mark with content', png(HEADER, PIXELS, chunk('IEND', 1))],
  ])('should refuse %s', (_, file) => {
    expect(refusalOf(file)).toMatch(/^IMAGES.CORRUPT .* is too long or repeated$/);
  });

  it('should refuse an animated PNG', () => {
    expect(refusalOf(png(HEADER, chunk('acTL', 8), PIXELS, END))).toMatch(/^IMAGES.ANIMATED /);
  });

  it('should refuse a file of endless empty chunks', () => {
    const file = png(HEADER, Buffer.concat(Array<Buffer>(200_000).fill(chunk('IDAT', 0))), END);

    expect(refusalOf(file)).toBe('IMAGES.CORRUPT the PNG is damaged: it has more than 200000 chunks');
  });

  it('should answer any chain of chunks, cut anywhere, with spans inside the file or a refusal', () => {
    const type = fc.constantFrom('IHDR', 'PLTE', 'IDAT', 'IEND', 'tEXt', 'zTXt', 'iCCP', 'abcd', 'ABCD', 'a\0cd');
    const parts = fc.array(fc.tuple(type, fc.nat(30), fc.option(fc.nat(0xffff_ffff), { freq: 10 })), { maxLength: 12 });
    fc.assert(
      fc.property(parts, fc.nat(400), (chunks, cut) => {
        const whole = png(HEADER, ...chunks.map(([name, length, says]) => chunk(name, length, says ?? length)), END);
        const file = whole.subarray(0, Math.max(8, whole.length - cut));
        let last = 0;
        try {
          for (const { from, to } of spansToKeep(file.length, (at) => file.subarray(at, at + CHUNK_HEAD_BYTES))) {
            expect(from).toBeGreaterThanOrEqual(last);
            expect(to).toBeGreaterThan(from);
            last = to;
          }
        } catch (error) {
          if (!(error instanceof ImageError)) throw error;
        }
        expect(last).toBeLessThanOrEqual(file.length);
      }),
      { numRuns: 500 },
    );
  });
});
