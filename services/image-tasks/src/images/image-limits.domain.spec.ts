import { describe, expect, it } from 'vitest';
import { assertWithinLimits, DEFAULT_LIMITS, memoryEstimate, type ImageHeader } from './image-limits.domain.js';

const header = (changes: Partial<ImageHeader>): ImageHeader => ({
  type: 'png',
  width: 4_000,
  height: 3_000,
  channels: 3,
  depth: 8,
  progressive: false,
  cmyk: false,
  ...changes,
});

const sut = (changes: Partial<ImageHeader>) => () => assertWithinLimits(header(changes), DEFAULT_LIMITS);

describe(assertWithinLimits.name, () => {
  it.each<Partial<ImageHeader>>([
    { width: 50_000, height: 1_000 },
    { type: 'jpeg', width: 8_660, height: 5_773 },
    { channels: 4, width: 8_660, height: 5_773 },
    { depth: 16, width: 6_000, height: 4_500 },
    { type: 'jpeg', progressive: true },
    { type: 'webp' },
    { type: 'avif' },
    { progressive: true },
    { width: 1, height: 1 },
  ])('should let %o pass', (changes) => {
    expect(sut(changes)).not.toThrow();
  });

  it.each<Partial<ImageHeader>>([
    { width: 50_000, height: 1_001 },
    { width: 16_000, height: 16_000, channels: 1 },
    { width: 200_000, height: 1_000, channels: 1 },
    { width: 2 ** 31 - 1, height: 2 ** 31 - 1 },
  ])('should refuse %o for its pixels', (changes) => {
    expect(sut(changes)).toThrow(
      expect.objectContaining({
        code: 'IMAGES.TOO_MANY_PIXELS',
        kind: 'too-large',
        details: expect.objectContaining({ allowedPixels: 50_000_000 }) as unknown,
      }),
    );
  });

  it.each<Partial<ImageHeader>>([
    { depth: 16, channels: 4, width: 8_000, height: 6_000 },
    { type: 'jpeg', progressive: true, width: 8_000, height: 6_000 },
    { progressive: true, width: 8_000, height: 6_000 },
    { type: 'webp', width: 8_000, height: 6_000 },
    { type: 'avif', width: 6_000, height: 4_000 },
    { type: 'avif', depth: 16, width: 4_000, height: 3_000 },
  ])('should refuse %o for the memory it takes', (changes) => {
    expect(sut(changes)).toThrow(expect.objectContaining({ code: 'IMAGES.TOO_MUCH_MEMORY', kind: 'too-large' }));
  });
});

describe(memoryEstimate.name, () => {
  const [width, height] = [1_000, 1_000];
  const perPixel = (changes: Partial<ImageHeader>): number =>
    (memoryEstimate(header({ width, height, ...changes })) - memoryEstimate(header({ width: 0, height: 0 }))) / 1e6;

  // Peaks that were measured with the decoder, in bytes per pixel above a decoder that has seen no image.
  it.each<[measured: number, changes: Partial<ImageHeader>]>([
    [3.0, { type: 'jpeg' }],
    [4.7, { type: 'jpeg', cmyk: true }],
    [9.0, { type: 'jpeg', progressive: true }],
    [5.9, { progressive: true }],
    [4.0, { channels: 4 }],
    [8.2, { type: 'webp' }],
    [11.2, { type: 'webp', channels: 4 }],
    [19.0, { type: 'avif' }],
    [24.7, { type: 'avif', depth: 16 }],
  ])('should reckon with at least the %d bytes per pixel that were measured: %o', (measured, changes) => {
    expect(perPixel(changes)).toBeGreaterThanOrEqual(measured);
  });
});
