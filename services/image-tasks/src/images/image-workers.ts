import { rm } from 'node:fs/promises';
import { PermanentJobError } from '#libs/jobs';
import { DecoderDiedError, DecoderProcess, type DecoderProgram, type RunOptions } from './decoder-process.js';
import { DECODER_BYTES, DEFAULT_LIMITS, type ImageLimits } from './image-limits.domain.js';
import { temporaryFilesOf, type ImageReport, type ImageTask } from './image.types.js';
import { ImageError, ImageWorkCancelledError } from './images.errors.js';

/** A decoder is replaced after so many images, or when it holds more while idle than the limits reckon with. */
const MAX_RUNS = 200;
const MAX_IDLE_BYTES = DECODER_BYTES;

/** How often an image may lose its decoder: once may be chance, such as an operator's kill. */
const MAX_DEATHS = 2;

/** Urgent work has nearly a whole core beside work of this priority, and takes nothing from it when there is a core free. */
const BACKGROUND_NICENESS = 19;

/** What the pool is made of. */
export interface ImageWorkersOptions {
  /** Images that are worked on at the same time; the others wait in the order they came. */
  processes: number;
  limits?: ImageLimits;
  /** Default: the decoder beside this file. */
  program?: DecoderProgram;
}

/** What belongs to one image. */
export interface ImageRunOptions extends Omit<RunOptions, 'limits'> {
  /** Goes before the images that are not, where the processor is short. */
  isUrgent?: boolean;
}

/**
 * Decoding processes that are kept warm. A hostile image can end its decoder at most, never this process.
 *
 * @example
 * const report = await workers.run({ operation: 'shuffle', input, output, plan: { mode: 'blocks', block: 60 }, seed }, { signal });
 */
export class ImageWorkers {
  private readonly limits: ImageLimits;
  private readonly program: DecoderProgram;
  private readonly idle: DecoderProcess[] = [];
  private readonly busy = new Set<DecoderProcess>();
  private readonly waiting: Array<() => void> = [];
  private running = 0;
  private closed = false;

  constructor(private readonly options: ImageWorkersOptions) {
    this.limits = options.limits ?? DEFAULT_LIMITS;
    this.program = options.program ?? { entry: new URL('./decoder-main.js', import.meta.url) };
  }

  /**
   * Works on one image. The output exists only when this resolves; otherwise nothing is left behind.
   *
   * @throws PermanentJobError when the image is at fault (codes: `ImageErrorCode`), ImageWorkCancelledError after `signal`
   *   or `close`, DecoderStalledError, Error when the machine is at fault, such as a full disk
   */
  async run(task: ImageTask, { signal, onProgress, isUrgent = false }: ImageRunOptions = {}): Promise<ImageReport> {
    await this.enter(signal);
    try {
      return await this.attempt(task, { limits: this.limits, signal, onProgress }, isUrgent ? 0 : BACKGROUND_NICENESS);
    } catch (error) {
      if (error instanceof ImageError) throw new PermanentJobError(error.code, error.message, error.details);
      throw error;
    } finally {
      this.leave();
    }
  }

  /** Processes of the decoders, for watching their memory. */
  get pids(): number[] {
    return [...this.idle, ...this.busy].map(({ pid }) => pid).filter((pid) => pid !== undefined);
  }

  /** Kills all decoders; work that is under way or waiting fails as cancelled. */
  async close(): Promise<void> {
    this.closed = true;
    const all = [...this.idle.splice(0), ...this.busy];
    for (const decoder of all) decoder.kill();
    for (const wake of this.waiting.splice(0)) wake();
    await Promise.all(all.map((decoder) => decoder.gone()));
  }

  private async attempt(task: ImageTask, options: RunOptions, niceness: number): Promise<ImageReport> {
    for (let deaths = 1; ; deaths++) {
      try {
        return await this.runOnce(task, options, niceness);
      } catch (error) {
        if (!(error instanceof DecoderDiedError) || this.closed) throw error;
        if (deaths >= MAX_DEATHS) {
          throw new ImageError('IMAGES.DECODER_DIED', `the image cannot be decoded: ${error.message}`);
        }
      }
    }
  }

  private async runOnce(task: ImageTask, options: RunOptions, niceness: number): Promise<ImageReport> {
    const decoder = this.takeIdle(niceness) ?? this.start(niceness);
    this.busy.add(decoder);
    try {
      return await decoder.run(task, options);
    } catch (error) {
      // A refusal leaves the decoder as it was, and no files.
      if (!decoder.isUsable(MAX_RUNS, MAX_IDLE_BYTES)) await removeRemains(decoder, task);
      throw error;
    } finally {
      this.busy.delete(decoder);
      if (!this.closed && decoder.isUsable(MAX_RUNS, MAX_IDLE_BYTES)) this.idle.push(decoder);
      else decoder.kill();
    }
  }

  private takeIdle(niceness: number): DecoderProcess | undefined {
    for (const decoder of this.idle.filter((other) => other.niceness === niceness)) {
      this.idle.splice(this.idle.indexOf(decoder), 1);
      if (decoder.isUsable(MAX_RUNS, MAX_IDLE_BYTES)) return decoder;
      decoder.kill();
    }
    return undefined;
  }

  /** A priority can be lowered only, so each has its own decoders; together they are never more than the pool may have. */
  private start(niceness: number): DecoderProcess {
    if (this.idle.length + this.busy.size >= this.options.processes) this.idle.shift()?.kill();
    return new DecoderProcess(this.program, niceness);
  }

  private async enter(signal: AbortSignal | undefined): Promise<void> {
    if (this.running >= this.options.processes) await this.turn(signal);
    else this.running++;
    if (!this.closed && !signal?.aborted) return;
    this.leave();
    throw new ImageWorkCancelledError();
  }

  /** Resolves when a place is handed over. A waiting task that is cancelled leaves the queue at once. */
  private turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = () => {
        signal?.removeEventListener('abort', cancel);
        resolve();
      };
      const cancel = () => {
        this.waiting.splice(this.waiting.indexOf(wake), 1);
        reject(new ImageWorkCancelledError());
      };
      this.waiting.push(wake);
      if (signal?.aborted) cancel();
      else signal?.addEventListener('abort', cancel, { once: true });
    });
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.running--;
  }
}

/** Only when the process is gone can nothing appear any more. */
async function removeRemains(decoder: DecoderProcess, task: ImageTask): Promise<void> {
  decoder.kill();
  await decoder.gone();
  for (const path of [task.output, ...Object.values(temporaryFilesOf(task))]) await rm(path, { force: true });
}
