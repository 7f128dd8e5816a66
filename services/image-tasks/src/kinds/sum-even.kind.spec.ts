import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import type { BlobStore } from '#libs/blobs';
import type { JobInfo, SliceContext } from '#libs/jobs';
import { TextSums } from '../sum-even/text-sums.service.js';
import type { PartialSum, SumSlice } from '../sum-even/slices.domain.js';
import type { ImageTasksConfig } from '../image-tasks.config.js';
import { SumEvenKind, type SumEvenParams } from './sum-even.kind.js';

const TEXT = '12\n-4\n7\n100\n';
const CONFIG = { MIRANTE_TASK_RESULT_HOURS: 1, MIRANTE_SUM_SLICE_MIB: 64 } as ImageTasksConfig;

describe(SumEvenKind.name, () => {
  const { signal } = new AbortController();
  let stored: string;
  let reads: number;
  let sut: SumEvenKind;

  beforeEach(() => {
    stored = TEXT;
    reads = 0;
    const blobs: Pick<BlobStore, 'isLocal' | 'open'> = {
      isLocal: false,
      open: (_ref, { start = 0 } = {}) => {
        reads++;
        return Readable.from([Buffer.from(stored.slice(start))]);
      },
    };
    sut = new SumEvenKind(new TextSums(blobs as BlobStore), CONFIG);
  });

  const params = (more: Partial<SumEvenParams['input']> = { crc32: crc32(TEXT) }, strict = false): SumEvenParams => ({
    input: { ref: createHash('sha256').update(TEXT).digest('hex'), bytes: TEXT.length, ...more },
    strict,
  });

  const run = (payload: SumSlice, input = params()) =>
    sut.run({
      params: input,
      slice: { index: 0, payload },
      signal,
      progress: () => undefined,
    } as unknown as SliceContext<SumEvenParams, SumSlice>);

  const finish = (results: PartialSum[], input = params()) =>
    sut.finish({ params: input } as JobInfo<SumEvenParams>, results, { signal });

  const halves: SumSlice[] = [
    { start: 0, end: 7, size: TEXT.length },
    { start: 7, end: TEXT.length, size: TEXT.length },
  ];

  it('should give sum, counts and hash, and nothing of how it was made', async () => {
    const results = [await run(halves[0]!), await run(halves[1]!)];

    expect((await finish(results)).result).toEqual({
      sum: '108',
      count: 4,
      even_count: 3,
      malformed: 0,
      first_malformed: [],
      bytes: TEXT.length,
      sha256: params().input.ref,
    });
    expect(reads).toBe(2);
  });

  it('should read a file again whose checksum nobody noted down', async () => {
    const results = [await run(halves[0]!), await run(halves[1]!)];

    expect((await finish(results, params({}))).result).toMatchObject({ sum: '108' });
    expect(reads).toBe(3);
  });

  it.each([
    ['with a checksum', params()],
    ['without one', params({})],
  ])('should fail for good when a byte changes between two slices, %s', async (_name, input) => {
    const first = await run(halves[0]!, input);
    stored = TEXT.replace('100', '102');
    const results = [first, await run(halves[1]!, input)];

    await expect(finish(results, input)).rejects.toMatchObject({
      name: 'PermanentJobError',
      code: 'TASKS.INPUT_CHANGED',
    });
  });

  it('should fail for good when a byte was changed only while it was summed', async () => {
    stored = TEXT.replace('100', '102');
    const results = [await run(halves[0]!), await run(halves[1]!)];
    stored = TEXT;

    await expect(finish(results, params({}))).rejects.toMatchObject({ code: 'TASKS.INPUT_CHANGED' });
  });

  it('should fail for good when the file is cut short', async () => {
    stored = TEXT.slice(0, 8);

    await expect(run(halves[1]!)).rejects.toMatchObject({ name: 'PermanentJobError', code: 'TASKS.INPUT_CHANGED' });
  });

  it('should refuse anything but numbers when strict', async () => {
    const input = params({ crc32: crc32(TEXT) }, true);
    const bad = { ...(await run(halves[0]!)), malformed: 1, first_malformed: [{ offset: 3, text: 'x' }] };

    await expect(finish([bad, await run(halves[1]!)], input)).rejects.toMatchObject({ code: 'TASKS.MALFORMED_INPUT' });
  });
});
