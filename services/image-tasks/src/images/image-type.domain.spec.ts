import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IMAGE_TYPES, sniffImage } from './image-type.domain.js';
import { ImageError } from './images.errors.js';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** The first box of an ISO media file: main brand, version, other brands. */
const ftyp = (main: string, ...others: string[]): Uint8Array =>
  bytes(`\0\0\0${String.fromCharCode(16 + 4 * others.length)}ftyp${main}\0\0\0\0${others.join('')}\0\0\0\x0emeta`);

function refusalOf(head: Uint8Array): ImageError {
  try {
    sniffImage(head);
  } catch (error) {
    if (error instanceof ImageError) return error;
    throw error;
  }
  throw new Error('not refused');
}

describe(sniffImage.name, () => {
  it.each([
    ['png', bytes('\x89PNG\r\n\x1a\n\0\0\0\rIHDR')],
    ['jpeg', bytes('\xff\xd8\xff\xe1\0\x10Exif')],
    ['jpeg', bytes('\xff\xd8\xff\xdb')],
    ['webp', bytes('RIFF\x24\0\0\0WEBPVP8L')],
    ['avif', ftyp('avif', 'mif1', 'miaf')],
    ['avif', ftyp('mif1', 'miaf', 'avif')],
  ])('should tell %s by its first bytes', (type, head) => {
    expect(sniffImage(head)).toBe(type);
  });

  it.each([
    ['SVG', bytes('<svg xmlns="http://www.w3.org/2000/svg">')],
    ['SVG', bytes('<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aa">]><svg>')],
    ['XML', bytes('\xef\xbb\xbf <?xml version="1.0"?><other/>')],
    ['HTML', bytes('<!doctype html><script>alert(1)</script>')],
    ['GIF', bytes('GIF89a\x01\0\x01\0')],
    ['TIFF', bytes('II*\0\x08\0\0\0')],
    ['TIFF', bytes('MM\0*\0\0\0\x08')],
    ['PDF', bytes('%PDF-1.7\n')],
    ['BMP', bytes('BM\x46\0\0\0\0\0\0\0\x36\0\0\0')],
    ['ICO', bytes('\0\0\x01\0\x01\0')],
    ['PSD', bytes('8BPS\0\x01')],
    ['JPEG XL', bytes('\xff\x0a\xfa\x1f')],
    ['JPEG 2000', bytes('\0\0\0\x0cjP  \r\n\x87\n')],
    ['HEIC', ftyp('heic', 'mif1', 'heic')],
    ['a video or other ISO media file', ftyp('isom', 'iso2', 'avc1', 'mp41')],
  ])('should refuse %s by its name', (name, head) => {
    expect(refusalOf(head)).toMatchObject({
      code: 'IMAGES.UNSUPPORTED_TYPE',
      kind: 'unsupported',
      message: `the file is ${name}; PNG, JPEG, WebP and AVIF are accepted`,
    });
  });

  it('should refuse a sequence of AVIF frames as animated', () => {
    expect(refusalOf(ftyp('avis', 'avif', 'mif1')).code).toBe('IMAGES.ANIMATED');
  });

  it('should not take a brand behind the end of its box for one of the file', () => {
    const head = Buffer.concat([ftyp('mif1', 'miaf'), bytes('\0\0avif')]);

    expect(refusalOf(head).code).toBe('IMAGES.UNSUPPORTED_TYPE');
  });

  it.each([
    '\x89PNG',
    '\x89PNG\n\x1a\n\0\0\0\rIHDR',
    '\xff\xd8',
    'RIFF\0\0\0\0WAVE',
    'RIFFxxxxweBP',
    '',
    ' \x89PNG\r\n\x1a\n',
  ])('should refuse a signature that is nearly one: %j', (text) => {
    expect(refusalOf(bytes(text)).code).toBe('IMAGES.UNSUPPORTED_TYPE');
  });

  it('should answer any bytes with a type or a refusal', () => {
    const box = fc.uint8Array({ maxLength: 300 }).map((rest) => Buffer.concat([bytes('\0\0\x01\0ftyp'), rest]));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), box), (head) => {
        let answer: string;
        try {
          answer = sniffImage(head);
        } catch (error) {
          expect(error).toBeInstanceOf(ImageError);
          return;
        }
        expect(IMAGE_TYPES).toContain(answer);
      }),
    );
  });
});
