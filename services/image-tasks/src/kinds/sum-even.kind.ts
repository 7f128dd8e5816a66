import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { BlobStore } from '#libs/blobs';
import type { JobInfo, JobKind, JobOutcome, SliceContext, SliceSpec } from '#libs/jobs';
import { IMAGE_TASKS_CONFIG, type ImageTasksConfig } from '../image-tasks.config.js';
import { compileKernel, createKernel } from '../sum-even/kernel.js';
import { sumStreamSlice } from '../sum-even/range-reader.js';
import { cutSlices, finishSum, type PartialSum, type SumSlice } from '../sum-even/slices.domain.js';
import { fileSchema } from './file.schema.js';
import { refusingForGood } from './permanent.js';

const paramsSchema = z.object({ input: fileSchema, strict: z.boolean() });
export type SumEvenParams = z.infer<typeof paramsSchema>;

/** The sum of the even numbers of a text, in slices of 64 MiB. */
@Injectable()
export class SumEvenKind implements JobKind<SumEvenParams, SumSlice, PartialSum> {
  readonly name = 'sum-even';
  readonly input = paramsSchema;
  readonly class = 'long';
  readonly maxAttempts = 5;
  readonly resultTtlHours: number;
  private readonly kernel = compileKernel();

  constructor(
    private readonly blobs: BlobStore,
    @Inject(IMAGE_TASKS_CONFIG) config: ImageTasksConfig,
  ) {
    this.resultTtlHours = config.MIRANTE_TASK_RESULT_HOURS;
  }

  slices({ input }: SumEvenParams): Promise<SliceSpec<SumSlice>[]> {
    const slices = cutSlices(input.bytes);
    return Promise.resolve(slices.map((payload, index) => ({ index, bytes: payload.end - payload.start, payload })));
  }

  run({ params, slice, signal, progress }: SliceContext<SumEvenParams, SumSlice>): Promise<PartialSum> {
    const open = (start: number) => this.blobs.open(params.input.ref, { start });
    const watch = { isCancelled: () => signal.aborted, progress };
    return refusingForGood(() => sumStreamSlice(open, slice.payload, createKernel(this.kernel), watch));
  }

  finish({ params }: JobInfo<SumEvenParams>, partials: PartialSum[]): Promise<JobOutcome> {
    const { input, strict } = params;
    return refusingForGood(async () => ({
      // The name of a stored file is its SHA-256.
      result: { ...finishSum(partials, { size: input.bytes, strict }), sha256: input.ref },
    }));
  }
}
