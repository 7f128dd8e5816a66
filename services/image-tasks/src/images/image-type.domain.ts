import { ImageError } from './images.errors.js';

/** Formats that are read. What comes out is always PNG. */
export const IMAGE_TYPES = ['png', 'jpeg', 'webp', 'avif'] as const;
/** One of {@link IMAGE_TYPES}. */
export type ImageType = (typeof IMAGE_TYPES)[number];

/** Media types of {@link IMAGE_TYPES}. */
export const MEDIA_TYPES: Record<ImageType, string> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  avif: 'image/avif',
};

/** How many bytes from the start of a file {@link sniffImage} wants to see; fewer are enough when the file has fewer. */
export const SNIFF_BYTES = 256;

const PNG_SIGNATURE = '\x89PNG\r\n\x1a\n';
const HEIC_BRANDS = new Set(['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'hevm', 'hevs', 'mif1', 'msf1']);

/** Formats worth naming in the refusal. The list that decides is the one of what is accepted. */
const NAMED: ReadonlyArray<[name: string, pattern: RegExp]> = [
  ['GIF', /^GIF8[79]a/],
  ['TIFF', /^(II[*+]\0|MM\0[*+])/],
  ['PDF', /^%PDF-/],
  ['JPEG XL', /^(\xff\x0a|\0\0\0\x0cJXL )/],
  ['JPEG 2000', /^(\xff\x4f\xff\x51|\0\0\0\x0cjP {2})/],
  ['BMP', /^BM[^]{4}\0\0\0\0/],
  ['ICO', /^\0\0\x01\0/],
  ['PSD', /^8BPS/],
  ['SVG', /<svg[\s>]|<!doctype\s+s(vg)?[\s[]/i],
  ['XML', /^(\xef\xbb\xbf)?\s*<\?xml/i],
  ['HTML', /^(\xef\xbb\xbf)?\s*<(!doctype\s+html|html|head|body|script)/i],
];

/**
 * Tells the format by the first bytes of the file (see {@link SNIFF_BYTES}), never by a name or a header of the request.
 *
 * @throws ImageError `IMAGES.UNSUPPORTED_TYPE`, `IMAGES.ANIMATED` for an AVIF sequence
 */
export function sniffImage(head: Uint8Array): ImageType {
  const text = String.fromCharCode(...head.subarray(0, SNIFF_BYTES));
  if (text.startsWith(PNG_SIGNATURE)) return 'png';
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'webp';
  if (text.slice(4, 8) === 'ftyp') return sniffBrand(text);
  throw unsupported(NAMED.find(([, pattern]) => pattern.test(text))?.[0]);
}

/** ISO base media files: the main brand says what must be read, the others what may be. */
function sniffBrand(text: string): ImageType {
  const [main, ...others] = brandsOf(text);
  if (main === 'avif') return 'avif';
  if (main === 'avis')
    throw new ImageError('IMAGES.ANIMATED', 'the AVIF file holds a sequence of frames; send a still image');
  // Some encoders put the general brand of image files first and name the codec behind it.
  if ((main === 'mif1' || main === 'miaf') && others.includes('avif')) return 'avif';
  throw unsupported(main !== undefined && HEIC_BRANDS.has(main) ? 'HEIC' : 'a video or other ISO media file');
}

function brandsOf(text: string): string[] {
  let size = 0;
  for (let at = 0; at < 4; at++) size = size * 256 + text.charCodeAt(at);
  const end = Math.min(text.length, size);
  const brands = [text.slice(8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(text.slice(at, at + 4));
  return brands;
}

function unsupported(name: string | undefined): ImageError {
  const what = name === undefined ? 'the file is no image that is known here' : `the file is ${name}`;
  return new ImageError('IMAGES.UNSUPPORTED_TYPE', `${what}; PNG, JPEG, WebP and AVIF are accepted`, {
    accepted: Object.values(MEDIA_TYPES),
    ...(name !== undefined && { found: name }),
  });
}
