import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { int } from '#libs/config';
import { DEFAULT_LIMITS, type ImageLimits } from './image-limits.domain.js';

const MIB = 2 ** 20;

/** What one image may cost, and how many are worked on at once. */
export const imagesConfigSchema = z.object({
  MIRANTE_IMAGE_PROCESSES: int({ min: 1, max: 64 })
    // As many as a process has slots for jobs by default: an image that was given one waits for nobody.
    .default(availableParallelism() + 2)
    .describe('images that are decoded at the same time, each in a process of its own'),
  MIRANTE_IMAGE_MAX_PIXELS: int({ min: 1, max: 268_000_000 })
    .default(DEFAULT_LIMITS.pixels)
    .describe('width times height of the largest image that is accepted'),
  MIRANTE_IMAGE_MAX_BYTES: int({ min: 1_024 })
    .default(DEFAULT_LIMITS.bytes)
    .describe('size of the largest image file that is accepted'),
  MIRANTE_IMAGE_MEMORY_MIB: int({ min: 128, max: 16_384 })
    .default(DEFAULT_LIMITS.memory / MIB)
    .describe('resident memory of a decoding process; images that need more are refused'),
  MIRANTE_IMAGE_CPU_SECONDS: int({ min: 1, max: 3_600 })
    .default(DEFAULT_LIMITS.cpuMs / 1_000)
    .describe('processor time that one image may take'),
});
export type ImagesConfig = z.infer<typeof imagesConfigSchema>;

/** The limits that a configuration means. Time on the clock is six times the processor time, for machines that are busy. */
export function limitsOf(config: ImagesConfig): ImageLimits {
  return {
    pixels: config.MIRANTE_IMAGE_MAX_PIXELS,
    bytes: config.MIRANTE_IMAGE_MAX_BYTES,
    memory: config.MIRANTE_IMAGE_MEMORY_MIB * MIB,
    cpuMs: config.MIRANTE_IMAGE_CPU_SECONDS * 1_000,
    wallMs: config.MIRANTE_IMAGE_CPU_SECONDS * 6_000,
  };
}
