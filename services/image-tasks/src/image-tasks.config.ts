import { z } from 'zod';
import { int } from '#libs/config';

/** Variables only this service reads. */
export const imageTasksConfigSchema = z.object({
  MIRANTE_TASK_RESULT_HOURS: int({ min: 1, max: 24 * 365 })
    .default(24)
    .describe('how long the result of a task, or the reason of its failure, can be read'),
  MIRANTE_SUM_SLICE_MIB: int({ min: 1, max: 4_096 })
    .default(64)
    .describe('how much of a text one worker adds up at a time'),
  MIRANTE_TASK_FILE_GRACE_MINUTES: int({ min: 1, max: 7 * 24 * 60 })
    .default(60)
    .describe('how long a file that no task needs is left alone: its task may be about to be stored'),
});
export type ImageTasksConfig = z.infer<typeof imageTasksConfigSchema>;

/** Injection token of {@link ImageTasksConfig}. */
export const IMAGE_TASKS_CONFIG = Symbol('IMAGE_TASKS_CONFIG');

/** Injection token of the limits of images. */
export const IMAGES_CONFIG = Symbol('IMAGES_CONFIG');
