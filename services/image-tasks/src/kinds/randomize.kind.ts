import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { blockSizeSchema, seedSchema, shuffleModeSchema } from '#libs/contracts';
import { IMAGE_TASKS_CONFIG, type ImageTasksConfig } from '../image-tasks.config.js';
import { fileSchema } from './file.schema.js';
import { ImageWork } from './image-work.service.js';
import { ImageKind } from './image.kind.js';

const paramsSchema = z.object({
  input: fileSchema,
  mode: shuffleModeSchema,
  block: blockSizeSchema,
  seed: seedSchema,
});
export type RandomizeParams = z.infer<typeof paramsSchema>;

/** An image shuffled. */
@Injectable()
export class RandomizeKind extends ImageKind<RandomizeParams> {
  readonly name = 'randomize';
  readonly input = paramsSchema;
  protected readonly operation = 'shuffle';

  constructor(work: ImageWork, @Inject(IMAGE_TASKS_CONFIG) config: ImageTasksConfig) {
    super(work, config);
  }
}
