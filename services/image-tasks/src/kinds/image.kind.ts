import type { z } from 'zod';
import type { JobInfo, JobKind, JobOutcome, SliceContext, SliceSpec } from '#libs/jobs';
import type { ImageTasksConfig } from '../image-tasks.config.js';
import type { ImageTask } from '../images/index.js';
import { imageOutcome, oneSlice, type ImageParams, type ImageResult, type ImageWork } from './image-work.service.js';

/** What the kinds of jobs that make one image of another have in common. */
export abstract class ImageKind<P extends ImageParams> implements JobKind<P, null, ImageResult> {
  abstract readonly name: string;
  abstract readonly input: z.ZodType<P>;
  protected abstract readonly operation: ImageTask['operation'];
  readonly class = 'short';
  readonly maxAttempts = 3;
  readonly resultTtlHours: number;

  constructor(
    private readonly work: ImageWork,
    config: ImageTasksConfig,
  ) {
    this.resultTtlHours = config.MIRANTE_TASK_RESULT_HOURS;
  }

  slices({ input }: P): Promise<SliceSpec<null>[]> {
    return Promise.resolve(oneSlice(input));
  }

  run(slice: SliceContext<P, null>): Promise<ImageResult> {
    return this.work.run(this.operation, slice);
  }

  finish(_job: JobInfo<P>, [result]: ImageResult[]): Promise<JobOutcome> {
    return Promise.resolve(imageOutcome(result!));
  }
}
