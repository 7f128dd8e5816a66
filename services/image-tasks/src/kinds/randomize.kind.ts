import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { blockSizeSchema, seedSchema, shuffleModeSchema } from '#libs/contracts';
import type { JobInfo, JobKind, JobOutcome, SliceContext, SliceSpec } from '#libs/jobs';
import { IMAGE_TASKS_CONFIG, type ImageTasksConfig } from '../image-tasks.config.js';
import { fileSchema } from './file.schema.js';
import { ImageWork, imageOutcome, oneSlice, type ImageResult } from './image-work.service.js';

const paramsSchema = z.object({
  input: fileSchema,
  mode: shuffleModeSchema,
  block: blockSizeSchema,
  seed: seedSchema,
});
export type RandomizeParams = z.infer<typeof paramsSchema>;

/** An image shuffled. */
@Injectable()
export class RandomizeKind implements JobKind<RandomizeParams, null, ImageResult> {
  readonly name = 'randomize';
  readonly input = paramsSchema;
  readonly class = 'short';
  readonly maxAttempts = 3;
  readonly resultTtlHours: number;

  constructor(
    private readonly work: ImageWork,
    @Inject(IMAGE_TASKS_CONFIG) config: ImageTasksConfig,
  ) {
    this.resultTtlHours = config.MIRANTE_TASK_RESULT_HOURS;
  }

  slices({ input }: RandomizeParams): Promise<SliceSpec<null>[]> {
    return Promise.resolve(oneSlice(input));
  }

  run(slice: SliceContext<RandomizeParams, null>): Promise<ImageResult> {
    return this.work.run('shuffle', slice);
  }

  finish(_job: JobInfo<RandomizeParams>, [result]: ImageResult[]): Promise<JobOutcome> {
    return Promise.resolve(imageOutcome(result!));
  }
}
