import { ImageError } from './images.errors.js';
import type { ImageType } from './image-type.domain.js';

const MIB = 2 ** 20;

/** What one image may cost. */
export interface ImageLimits {
  /** Width times height. */
  pixels: number;
  /** Size of the file that comes in. */
  bytes: number;
  /** Resident memory of the process that decodes it, in bytes. */
  memory: number;
  /** Processor time of that process for one image, in milliseconds: a busy machine does not count against the image. */
  cpuMs: number;
  /** Time on the clock after which the work is given up as stalled, in milliseconds. */
  wallMs: number;
}

/**
 * Sized so that no process grows beyond 400 MB, with room for what one grows by between two looks at it. 50 million pixels is
 * what the largest common cameras give.
 */
export const DEFAULT_LIMITS: ImageLimits = {
  pixels: 50_000_000,
  bytes: 100 * MIB,
  memory: 360 * MIB,
  cpuMs: 30_000,
  wallMs: 180_000,
};

/** What the header of an image says. */
export interface ImageHeader {
  type: ImageType;
  width: number;
  height: number;
  /** Of the pixels as they are shuffled: 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha. */
  channels: 1 | 2 | 3 | 4;
  /** Bits per channel of the pixels as they are shuffled. */
  depth: 8 | 16;
  /** Interlaced PNG or progressive JPEG: cannot be decoded line by line. */
  progressive: boolean;
  /** PNG has no such colours: the pixels are converted to RGB before they are shuffled. */
  cmyk: boolean;
}

/** The decoder before it has seen an image, and what it needs besides the pixels. */
export const DECODER_BYTES = 100 * MIB;

/** Highest resident memory while the image is worked on, estimated from above. */
export function memoryEstimate(header: ImageHeader): number {
  return DECODER_BYTES + header.width * header.height * bytesPerPixel(header);
}

/**
 * What is held for each pixel at the worst moment. Pixels are held once and shuffled in place; the rest is what libvips and the
 * decoder of the format hold besides while they are filled, as measured with sharp 0.35.
 */
function bytesPerPixel({ type, progressive, channels, depth, cmyk }: ImageHeader): number {
  const stored = channels * (depth / 8);
  switch (type) {
    case 'png':
      // Grey with alpha in 8 bits is decoded twice, once for each, and put together.
      return stored * (progressive ? 2 : 1) + (channels === 2 && depth === 8 ? 2 : 0);
    case 'jpeg': {
      // All coefficients, 16 bits each, are kept until the last scan.
      const coefficients = progressive ? 2 * (cmyk ? 4 : channels) : 0;
      return stored + coefficients + (cmyk ? 2 : 0);
    }
    case 'webp':
      return stored * 2.8;
    case 'avif':
      // Planes, their conversion to colours, the pixels.
      return depth === 16 ? stored * 4 + 4 : 20;
  }
}

/** @throws ImageError when the image would cost too much; called before a single pixel is decoded */
export function assertWithinLimits(header: ImageHeader, limits: ImageLimits): void {
  const { width, height } = header;
  if (width * height > limits.pixels) throw tooManyPixels(limits.pixels, { width, height });
  const needed = memoryEstimate(header);
  if (needed > limits.memory) {
    throw new ImageError(
      'IMAGES.TOO_MUCH_MEMORY',
      `decoding ${width} x ${height} pixels of this format takes about ${Math.round(needed / MIB)} MiB, ` +
        `at most ${Math.round(limits.memory / MIB)} MiB are allowed`,
      { width, height, neededBytes: Math.round(needed), allowedBytes: limits.memory },
    );
  }
}

/** The refusal of an image with too many pixels; libvips may notice it before we do, then without the size. */
export function tooManyPixels(limit: number, size?: { width: number; height: number }): ImageError {
  const what = size ? `the image has ${size.width} x ${size.height} pixels` : 'the image has too many pixels';
  return new ImageError('IMAGES.TOO_MANY_PIXELS', `${what}; at most ${limit.toLocaleString('en')} are allowed`, {
    ...size,
    allowedPixels: limit,
  });
}
