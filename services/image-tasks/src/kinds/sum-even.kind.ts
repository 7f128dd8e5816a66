import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { FinishContext, JobInfo, JobKind, JobOutcome, SliceContext, SliceSpec } from '#libs/jobs';
import { IMAGE_TASKS_CONFIG, type ImageTasksConfig } from '../image-tasks.config.js';
import { cutSlices, finishSum, type PartialSum, type SumSlice } from '../sum-even/slices.domain.js';
import { TextSums } from '../sum-even/text-sums.service.js';
import { fileSchema } from './file.schema.js';
import { refusingForGood } from './permanent.js';

const paramsSchema = z.object({ input: fileSchema, strict: z.boolean() });
export type SumEvenParams = z.infer<typeof paramsSchema>;

/** The sum of the even numbers of a text, in slices. */
@Injectable()
export class SumEvenKind implements JobKind<SumEvenParams, SumSlice, PartialSum> {
  readonly name = 'sum-even';
  readonly input = paramsSchema;
  readonly class = 'long';
  readonly maxAttempts = 5;
  readonly resultTtlHours: number;
  private readonly sliceBytes: number;

  constructor(
    private readonly texts: TextSums,
    @Inject(IMAGE_TASKS_CONFIG) config: ImageTasksConfig,
  ) {
    this.resultTtlHours = config.MIRANTE_TASK_RESULT_HOURS;
    this.sliceBytes = config.MIRANTE_SUM_SLICE_MIB * 2 ** 20;
  }

  slices({ input }: SumEvenParams): Promise<SliceSpec<SumSlice>[]> {
    const slices = cutSlices(input.bytes, this.sliceBytes);
    return Promise.resolve(slices.map((payload, index) => ({ index, bytes: payload.end - payload.start, payload })));
  }

  run({ params, slice, signal, progress }: SliceContext<SumEvenParams, SumSlice>): Promise<PartialSum> {
    return refusingForGood(() => this.texts.sum(params.input.ref, slice.payload, { signal, progress }));
  }

  finish(
    { params }: JobInfo<SumEvenParams>,
    partials: PartialSum[],
    { signal }: Pick<FinishContext, 'signal'>,
  ): Promise<JobOutcome> {
    const { input, strict } = params;
    return refusingForGood(async () => {
      const crc32 = input.crc32 ?? (await this.texts.checksum(input.ref, signal));
      // The name of a stored file is its SHA-256.
      return { result: { ...finishSum(partials, { size: input.bytes, crc32, strict }), sha256: input.ref } };
    });
  }
}
