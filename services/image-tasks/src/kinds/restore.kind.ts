import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { blockSizeSchema, seedSchema, shuffleModeSchema, taskTokenSchema } from '#libs/contracts';
import { IMAGE_TASKS_CONFIG, type ImageTasksConfig } from '../image-tasks.config.js';
import { fileSchema } from './file.schema.js';
import { ImageWork } from './image-work.service.js';
import { ImageKind } from './image.kind.js';

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
export class RestoreKind extends ImageKind<RestoreParams> {
  readonly name = 'restore';
  readonly input = paramsSchema;
  protected readonly operation = 'restore';

  constructor(work: ImageWork, @Inject(IMAGE_TASKS_CONFIG) config: ImageTasksConfig) {
    super(work, config);
  }
}
