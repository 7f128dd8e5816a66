import { appendFile, mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { createReadStream, writeSync, openSync, closeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { repoRoot } from '../../../compose/native/src/repo.js';
import { compileKernel, createKernel } from '../src/sum-even/kernel.js';
import { sumFileSlice, sumStreamSlice } from '../src/sum-even/range-reader.js';
import { cutSlices, finishSum, type PartialSum } from '../src/sum-even/slices.domain.js';
import { SumPool } from '../src/sum-even/sum-pool.js';

const ENTRY = pathToFileURL(join(repoRoot, 'dist/services/image-tasks/src/sum-even/sum-worker.js'));
const UNWATCHED = { isCancelled: () => false, progress: () => undefined };

/** 2 + 4 + … up to `last`, and all numbers from 1 on one line each. */
const evenSum = (last: bigint) => ((last / 2n) * (last / 2n + 1n)).toString();

describe('sums in threads', () => {
  let dir: string;
  let path: string;
  let size: number;
  let accepted: { size: number; crc32: number; strict: boolean };
  let sut: SumPool;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sum-pool-'));
    path = join(dir, 'numbers.txt');
    const lines = Array.from({ length: 1_000_000 }, (_, index) => `${index + 1}\n`).join('');
    size = lines.length;
    accepted = { size, crc32: crc32(lines), strict: true };
    await writeFile(path, lines);
  });

  afterAll(() => rm(dir, { recursive: true, force: true }));

  beforeEach(() => {
    sut = new SumPool(2, ENTRY);
  });

  afterEach(() => sut.close());

  it('should add up more slices than there are threads', async () => {
    const slices = cutSlices(size, 100_003);

    const parts = await Promise.all(slices.map((slice) => sut.sum({ path, slice })));

    expect(sut.isAccelerated).toBe(true);
    expect(finishSum(parts, accepted)).toEqual({
      sum: evenSum(1_000_000n),
      count: 1_000_000,
      even_count: 500_000,
      malformed: 0,
      first_malformed: [],
      bytes: size,
    });
  });

  it('should add up a file that comes as a stream', async () => {
    const kernel = createKernel(compileKernel());
    const parts = [];
    for (const slice of cutSlices(size, 1_000_003)) {
      parts.push(await sumStreamSlice((start) => createReadStream(path, { start }), slice, kernel, UNWATCHED));
    }

    expect(finishSum(parts, accepted).sum).toBe(evenSum(1_000_000n));
  });

  it('should tell how far it is', async () => {
    const long = join(dir, 'long.txt');
    await writeFile(long, Buffer.alloc(40_000_000, '1234567\n'));
    const told: number[] = [];

    await sut.sum({ path: long, slice: cutSlices(40_000_000)[0]!, progress: (bytes) => told.push(bytes) });

    expect(told.length).toBeGreaterThan(2);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBeLessThanOrEqual(40_000_000);
  });

  it('should stop within a second when called off, and be ready for the next slice', async () => {
    // A sparse file of 100 GB: one token of NUL bytes after the other would take a minute.
    const endless = join(dir, 'endless.txt');
    await (await open(endless, 'w')).close();
    await truncate(endless, 100e9);
    const controller = new AbortController();
    const running = sut.sum({
      path: endless,
      slice: { start: 4, end: 100e9, size: 100e9 },
      signal: controller.signal,
      progress: () => controller.abort(),
    });

    await expect(running).rejects.toMatchObject({ code: 'TASKS.SUM_CANCELLED' });
    await expect(sut.sum({ path, slice: { start: 0, end: 4, size } })).resolves.toMatchObject({ sum: '2', count: 2 });
  }, 10_000);

  it('should not begin what was called off while it waited', async () => {
    const controller = new AbortController();
    const slice = { start: 0, end: size, size };
    const running = [sut.sum({ path, slice }), sut.sum({ path, slice })];
    const waiting = sut.sum({ path, slice, signal: controller.signal });
    controller.abort();

    await expect(waiting).rejects.toMatchObject({ code: 'TASKS.SUM_CANCELLED' });
    await expect(Promise.all(running)).resolves.toHaveLength(2);
  });

  it.each([
    ['has become shorter', (file: string) => truncate(file, 90)],
    ['has become longer', (file: string) => appendFile(file, '2')],
  ])('should refuse a file that %s', async (_name, change) => {
    const file = join(dir, 'changed.txt');
    await writeFile(file, '12345678\n12\n'.repeat(100));
    await change(file);

    await expect(sut.sum({ path: file, slice: { start: 0, end: 1_200, size: 1_200 } })).rejects.toMatchObject({
      code: 'TASKS.INPUT_CHANGED',
    });
  });

  it.each([
    ['before it is read', 1_900_000, 'TASKS.INPUT_CHANGED'],
    ['after it was read', 4, undefined],
  ])('should never give a wrong sum when a byte is overwritten %s', async (_name, at, code) => {
    const file = join(dir, 'written.txt');
    const text = '2\n'.repeat(1_000_000);
    await writeFile(file, text);
    const writing = openSync(file, 'r+');
    const overwrite = (done: number) => {
      if (done > 100_000) writeSync(writing, '8', at);
    };
    const watch = { isCancelled: () => false, progress: overwrite };
    const slices = cutSlices(text.length, 1_000_000);
    const kernel = createKernel(compileKernel());
    const finish = (parts: PartialSum[]) =>
      finishSum(parts, { size: text.length, crc32: crc32(text), strict: true }).sum;

    const parts = slices.map((slice) => sumFileSlice(file, slice, kernel, watch));
    closeSync(writing);

    if (code === undefined) expect(finish(parts)).toBe('2000000');
    else expect(() => finish(parts)).toThrow(expect.objectContaining({ code }));
  });

  it('should refuse a stream that ends early', async () => {
    const open = (start: number) => createReadStream(path, { start, end: 999 });
    const slice = { start: 0, end: 2_000, size };

    await expect(sumStreamSlice(open, slice, createKernel(compileKernel()), UNWATCHED)).rejects.toMatchObject({
      code: 'TASKS.INPUT_CHANGED',
    });
  });

  it('should report a missing file and go on', async () => {
    await expect(sut.sum({ path: join(dir, 'none'), slice: { start: 0, end: 1, size: 1 } })).rejects.toThrow(/ENOENT/);
    await expect(sut.sum({ path, slice: { start: 0, end: 4, size } })).resolves.toMatchObject({ count: 2 });
  });

  it('should call everything off when it closes', async () => {
    const slice = { start: 0, end: size, size };
    const all = Promise.allSettled([1, 2, 3, 4].map(() => sut.sum({ path, slice })));
    await sut.close();

    for (const outcome of await all) expect(outcome).toMatchObject({ reason: { code: 'TASKS.SUM_CANCELLED' } });
    await expect(sut.sum({ path, slice })).rejects.toMatchObject({ code: 'TASKS.SUM_CANCELLED' });
  });

  it('should replace a thread that dies', async () => {
    const dying = join(dir, 'dying.mjs');
    await writeFile(
      dying,
      `import { parentPort } from 'node:worker_threads';
       parentPort.on('message', ({ slice }) => slice.start === 1 ? process.exit(9) : parentPort.postMessage({ result: slice }));`,
    );
    const pool = new SumPool(1, pathToFileURL(dying));
    const [first, second] = [1, 2].map((start) => pool.sum({ path, slice: { start, end: 3, size: 3 } }));

    await expect(first).rejects.toMatchObject({ code: 'TASKS.SUM_WORKER_LOST' });
    await expect(second).resolves.toMatchObject({ start: 2 });
    await pool.close();
  });
});
