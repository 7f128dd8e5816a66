import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { blockSizeSchema, seedSchema, shuffleModeSchema, taskTokenSchema } from '#libs/contracts';
import type { JobInfo, JobKind, JobOutcome, SliceContext, SliceSpec } from '#libs/jobs';
import { IMAGE_TASKS_CONFIG, type ImageTasksConfig } from '../image-tasks.config.js';
import { fileSchema } from './file.schema.js';
import { ImageWork, imageOutcome, oneSlice, type ImageResult } from './image-work.service.js';

const paramsSchema = z.object({
  of: taskTokenSchema,
  input: fileSchema,
  mode: shuffleModeSchema,
  block: blockSizeSchema,
  seed: seedSchema,
});
type RestoreParams = z.infer<typeof paramsSchema>;

/** The way back from what the kind `randomize` has made. */
@Injectable()
export class RestoreKind implements JobKind<RestoreParams, null, ImageResult> {
  readonly name = 'restore';
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

  slices({ input }: RestoreParams): Promise<SliceSpec<null>[]> {
    return Promise.resolve(oneSlice(input));
  }

  run(slice: SliceContext<RestoreParams, null>): Promise<ImageResult> {
    return this.work.run('restore', slice);
  }

  finish(_job: JobInfo<RestoreParams>, [result]: ImageResult[]): Promise<JobOutcome> {
    return Promise.resolve(imageOutcome(result!));
  }
}
