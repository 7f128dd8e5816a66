import sharp, { type Metadata, type SharpOptions } from 'sharp';
import { messageOf } from '#libs/kernel';
import { tooManyPixels, type ImageHeader, type ImageLimits } from './image-limits.domain.js';
import type { ImageType } from './image-type.domain.js';
import { ImageError } from './images.errors.js';

/** An image of which the header was read. */
export interface SourceImage {
  path: string;
  header: ImageHeader;
  orientation: number;
  /** ICC profile that says what the colours mean, if it fits the pixels that are written. */
  profile: Buffer | undefined;
}

const MAX_PROFILE_BYTES = 1024 * 1024;

const LOADERS = ['VipsForeignLoadPng', 'VipsForeignLoadJpeg', 'VipsForeignLoadWebp', 'VipsForeignLoadHeif'];

/** Settings of the whole process: no cache between images, one thread each, no other format than those that are accepted. */
export function hardenDecoder(): void {
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: LOADERS });
}

/** @throws ImageError */
export async function readHeader(path: string, type: ImageType, limits: ImageLimits): Promise<SourceImage> {
  const found = await orRefuse(path, limits, () => sharp(path, optionsOf(limits)).metadata());
  if ((found.pages ?? 1) > 1) {
    throw new ImageError('IMAGES.ANIMATED', `the file holds ${found.pages} images; send one that holds a single one`);
  }
  if (found.depth !== 'uchar' && found.depth !== 'ushort') {
    throw new ImageError('IMAGES.UNSUPPORTED_TYPE', `pixels of type ${found.depth} are not supported`);
  }
  const isGrey = found.space === 'b-w' || found.space === 'grey16';
  const cmyk = found.space === 'cmyk';
  const hasAlpha = found.hasAlpha && !cmyk;
  const header: ImageHeader = {
    type,
    width: found.width,
    height: found.height,
    channels: isGrey ? (hasAlpha ? 2 : 1) : hasAlpha ? 4 : 3,
    depth: found.depth === 'ushort' ? 16 : 8,
    progressive: found.isProgressive,
    cmyk,
  };
  return { path, header, orientation: found.orientation ?? 1, profile: usableProfile(found, isGrey) };
}

/** Decodes to the pixels as they are stored: not turned, colours not converted (except CMYK, which PNG cannot hold). */
export async function decode(source: SourceImage, limits: ImageLimits): Promise<Uint8Array> {
  const { header, path } = source;
  const { width, height, channels, depth } = header;
  const load = () => sharp(path, { ...optionsOf(limits), ignoreIcc: !header.cmyk });
  const raw = { depth: depth === 16 ? 'ushort' : 'uchar' } as const;
  const space = spaceOf(header);
  return orRefuse(path, limits, async () => {
    const { data, info } = await load().toColourspace(space).raw(raw).toBuffer({ resolveWithObject: true });
    // sharp gives grey pixels of 8 bits without their alpha.
    const isAlphaMissing = channels === 2 && info.channels === 1;
    const pixels = isAlphaMissing
      ? interleave(data, await load().extractChannel('alpha').toColourspace(space).raw(raw).toBuffer())
      : data;
    if (pixels.length !== width * height * channels * (depth / 8)) {
      throw new Error(`${pixels.length} bytes decoded of ${width} x ${height} x ${channels} with ${depth} bits`);
    }
    return pixels;
  });
}

function interleave(grey: Uint8Array, alpha: Uint8Array): Uint8Array {
  if (grey.length !== alpha.length) throw new Error('the alpha channel has another size than the image');
  const both = new Uint8Array(grey.length * 2);
  for (let i = 0; i < grey.length; i++) {
    both[2 * i] = grey[i]!;
    both[2 * i + 1] = alpha[i]!;
  }
  return both;
}

/** How hard to try for a small file: pixels in random order do not compress, so not at all for them. */
export type PngEffort = 'none' | 'fast' | 'small';

/** Levels of zlib. Of shuffled blocks, 6 makes files 0 to 6 % smaller than 4 and takes up to half as long again. */
const COMPRESSION: Record<PngEffort, number> = { none: 0, fast: 4, small: 6 };

/** Writes pixels as PNG without any metadata; gives the size of the file. */
export async function encodePng(
  pixels: Uint8Array,
  header: ImageHeader,
  target: string,
  effort: PngEffort,
): Promise<number> {
  const { width, height, channels, depth } = header;
  const samples = depth === 16 ? new Uint16Array(pixels.buffer, pixels.byteOffset, pixels.byteLength / 2) : pixels;
  const { size } = await sharp(samples, { limitInputPixels: false, raw: { width, height, channels } })
    .toColourspace(spaceOf(header))
    .png({ compressionLevel: COMPRESSION[effort], adaptiveFiltering: effort === 'small' })
    .toFile(target);
  return size;
}

function spaceOf({ channels, depth }: ImageHeader): string {
  if (channels <= 2) return depth === 16 ? 'grey16' : 'b-w';
  return depth === 16 ? 'rgb16' : 'srgb';
}

function optionsOf(limits: ImageLimits): SharpOptions {
  return { failOn: 'warning', limitInputPixels: limits.pixels, unlimited: false, pages: 1 };
}

/** Only a profile of the same kind of colours: a decoder may stumble over another. */
function usableProfile({ icc, space }: Metadata, isGrey: boolean): Buffer | undefined {
  if (!icc || icc.length < 128 || icc.length > MAX_PROFILE_BYTES || space === 'cmyk') return undefined;
  const isProfile = icc.toString('latin1', 36, 40) === 'acsp';
  return isProfile && icc.toString('latin1', 16, 20) === (isGrey ? 'GRAY' : 'RGB ') ? icc : undefined;
}

/** What libvips complains about while it reads is the fault of the image. */
async function orRefuse<T>(path: string, limits: ImageLimits, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const message = messageOf(error).replaceAll(path, 'the file').split('\n')[0]!.slice(0, 200);
    if (/pixel limit/i.test(message)) throw tooManyPixels(limits.pixels);
    if (/out of memory/i.test(message)) {
      throw new ImageError('IMAGES.TOO_MUCH_MEMORY', 'decoding the image takes more memory than is allowed');
    }
    throw new ImageError('IMAGES.CORRUPT', `the image cannot be decoded: ${message}`);
  }
}
