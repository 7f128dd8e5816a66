import type { ImageLimits, ImageHeader } from './image-limits.domain.js';
import type { ShufflePlan } from './shuffle.domain.js';

/** One image to work on, from file to file. */
export interface ImageTask {
  /** `restore` undoes `shuffle` with the same plan and seed; its input is the PNG that `shuffle` made. */
  operation: 'shuffle' | 'restore';
  /** Path of the file to read. */
  input: string;
  /** Path of the PNG to write; it appears there whole or not at all. No other task may write to it at the same time. */
  output: string;
  plan: ShufflePlan;
  /** Any text; decides the order together with the plan and the size of the image. */
  seed: string;
}

/** What was done. Operation, plan and seed are all it takes to undo it. */
export interface ImageReport extends Pick<ImageTask, 'operation' | 'plan' | 'seed'> {
  /** Of the input; the output has the same size, channels and depth, and is always PNG. */
  image: ImageHeader;
  /** How a viewer turns the image, 1 to 8 as in Exif. Pixels are left as they lie, the output says the same. */
  orientation: number;
  inputBytes: number;
  outputBytes: number;
  contentType: 'image/png';
  decodeMs: number;
  shuffleMs: number;
  encodeMs: number;
  /** Highest resident memory of the decoding process while it worked on this image; null where the system does not tell. */
  peakRssBytes: number | null;
}

/** What the decoding process is told. */
export interface DecoderRequest {
  task: ImageTask;
  limits: ImageLimits;
}

/** What it says: `ready` once it has loaded, then for each request any number of `progress` and one of the others. */
export type DecoderAnswer =
  | { kind: 'ready' }
  | { kind: 'progress'; fraction: number }
  | { kind: 'done'; report: ImageReport }
  /** The image is at fault. */
  | { kind: 'refused'; code: string; message: string; details?: Record<string, unknown> }
  /** Something else went wrong, such as a full disk. */
  | { kind: 'failed'; message: string };

/** Files that a task makes on its way beside its output; whoever ends it before its time removes them. */
export function temporaryFilesOf(task: ImageTask): { stripped: string; encoded: string; whole: string } {
  return { stripped: `${task.output}.in`, encoded: `${task.output}.enc`, whole: `${task.output}.part` };
}
