import { closeSync, openSync, readFileSync, readSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { decode, encodePng, readHeader, type PngEffort, type SourceImage } from './image-codec.js';
import { assertWithinLimits, type ImageHeader, type ImageLimits } from './image-limits.domain.js';
import { SNIFF_BYTES, sniffImage } from './image-type.domain.js';
import { temporaryFilesOf, type ImageReport, type ImageTask } from './image.types.js';
import { ImageError } from './images.errors.js';
import { copyWithChunks, copyWithoutMetadata, orientationChunk, profileChunk } from './png-chunks.js';
import { stateOfSeed } from './seed.js';
import { shuffle, unshuffle } from './shuffle.domain.js';

/**
 * Does the whole of one task; runs in the decoding process. `progress` is told how far it is, from 0 to 1.
 *
 * @throws ImageError when the image is at fault; the output does not exist then, nor do temporary files
 */
export async function processImage(
  task: ImageTask,
  limits: ImageLimits,
  progress: (fraction: number) => void,
): Promise<ImageReport> {
  const temporary = temporaryFilesOf(task);
  forgetPeakRss();
  try {
    const inputBytes = assertSize(task, limits);
    const startedAt = performance.now();
    const source = await openSource(task, temporary.stripped, limits);
    progress(0.05);
    const pixels = await decode(source, limits);
    const decodedAt = performance.now();
    progress(0.35);
    applyPlan(task, source.header, pixels);
    const shuffledAt = performance.now();
    progress(0.55);
    await encodePng(pixels, source.header, temporary.encoded, effortOf(task));
    const outputBytes = publish(task, source);
    const { header: image, orientation } = source;
    const { operation, plan, seed } = task;
    return {
      ...{ operation, plan, seed, image, orientation, inputBytes, outputBytes, contentType: 'image/png' },
      decodeMs: decodedAt - startedAt,
      shuffleMs: shuffledAt - decodedAt,
      encodeMs: performance.now() - shuffledAt,
      peakRssBytes: peakRssBytes(),
    };
  } finally {
    for (const path of Object.values(temporary)) rmSync(path, { force: true });
  }
}

function assertSize({ input, operation }: ImageTask, limits: ImageLimits): number {
  const { size } = statSync(input);
  // What is restored was made here: as large as its pixels, which have their own limit.
  const allowed = operation === 'restore' ? Math.max(limits.bytes, limits.memory) : limits.bytes;
  if (size > allowed) {
    throw new ImageError('IMAGES.TOO_MANY_BYTES', `the file has ${size} bytes; at most ${allowed} are allowed`, {
      bytes: size,
      allowedBytes: allowed,
    });
  }
  return size;
}

async function openSource(task: ImageTask, stripped: string, limits: ImageLimits): Promise<SourceImage> {
  const type = sniffImage(headOf(task.input));
  if (task.operation === 'restore' && type !== 'png') {
    throw new ImageError('IMAGES.NOT_RESTORABLE', 'only the PNG that the shuffle made can be restored');
  }
  const path = type === 'png' && copyWithoutMetadata(task.input, stripped) ? stripped : task.input;
  const source = await readHeader(path, type, limits);
  assertWithinLimits(source.header, limits);
  return source;
}

function headOf(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(SNIFF_BYTES);
    return head.subarray(0, readSync(file, head, 0, SNIFF_BYTES, 0));
  } finally {
    closeSync(file);
  }
}

function applyPlan({ operation, plan, seed }: ImageTask, header: ImageHeader, data: Uint8Array): void {
  const { width, height, channels, depth } = header;
  const pixels = { data, width, height, bytesPerPixel: channels * (depth / 8) };
  (operation === 'shuffle' ? shuffle : unshuffle)(pixels, plan, stateOfSeed(seed));
}

function effortOf({ operation, plan }: ImageTask): PngEffort {
  if (operation === 'restore') return 'small';
  return plan.mode === 'pixels' ? 'none' : 'fast';
}

/** Gives the encoded file its profile and orientation, and only then its name. Whoever keeps it makes sure it is on disk. */
function publish(task: ImageTask, { profile, orientation }: SourceImage): number {
  const { encoded, whole } = temporaryFilesOf(task);
  const chunks = [
    ...(profile ? [profileChunk(profile)] : []),
    ...(orientation > 1 ? [orientationChunk(orientation)] : []),
  ];
  if (chunks.length > 0) copyWithChunks(encoded, whole, chunks);
  else renameSync(encoded, whole);
  renameSync(whole, task.output);
  return statSync(task.output).size;
}

/** Linux keeps the peak since the start of the process; writing 5 makes it start again from what is resident now. */
function forgetPeakRss(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Another system, or a sandbox that hides it: the peak is then that of all images so far.
  }
}

function peakRssBytes(): number | null {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1_024;
  } catch {
    return null;
  }
}
